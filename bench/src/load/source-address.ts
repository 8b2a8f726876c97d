/** Source addresses in turn: one address has only ~28,000 ephemeral ports. */
const ADDRESSES = 8;

export const sourceAddress = (index: number): string => `127.0.0.${2 + (index % ADDRESSES)}`;
