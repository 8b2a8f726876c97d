/**
 * PostgreSQL's text cannot hold U+0000, which a message may contain. It is written as U+0001 "0",
 * and U+0001 itself as U+0001 "1", so that every text comes back as it was.
 */
export const storable = (text: string): string =>
  text.includes('\0') || text.includes('\u0001')
    ? text.replaceAll('\u0001', '\u00011').replaceAll('\0', '\u00010')
    : text;

export const asItWas = (stored: string): string =>
  stored.includes('\u0001')
    ? stored.replaceAll('\u00010', '\0').replaceAll('\u00011', '\u0001')
    : stored;
