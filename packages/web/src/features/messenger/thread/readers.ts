/** Who has read a message: everybody whose mark stands at it or beyond. */

export interface ReadersInput {
  readonly seq: number;
  readonly me: string;
  readonly readSeqs: Readonly<Record<string, number>>;
}

export const readersOf = ({ seq, me, readSeqs }: ReadersInput): readonly string[] =>
  Object.entries(readSeqs)
    .filter(([user, readSeq]) => user !== me && readSeq >= seq)
    .map(([user]) => user)
    .toSorted();

/** Up to this many are told by name. */
export const NAMED_READERS = 3;
