/** 128 random bits. `crypto.randomUUID` is missing in pages that were not served securely. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
