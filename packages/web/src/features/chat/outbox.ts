/**
 * My messages that the server has not echoed yet. A message is confirmed by its echo (live, or in
 * the history after a reconnect); one that was on its way when the line broke and does not show up
 * in that history is offered for a retry, never sent twice by itself.
 */

export interface OutboxItem {
  readonly localId: string;
  readonly text: string;
  /** The only reader of a private message. */
  readonly to?: string;
  readonly at: number;
  /** `lost`: on its way when the line broke; the history will tell. */
  readonly state: 'queued' | 'sending' | 'lost' | 'failed';
}

export type Outbox = readonly OutboxItem[];

const withState = (outbox: Outbox, localId: string, state: OutboxItem['state']): Outbox =>
  outbox.map((item) => (item.localId === localId ? { ...item, state } : item));

export const markSending = (outbox: Outbox, localId: string): Outbox =>
  withState(outbox, localId, 'sending');

export const requeue = (outbox: Outbox, localId: string): Outbox =>
  withState(outbox, localId, 'queued');

export const drop = (outbox: Outbox, localId: string): Outbox =>
  outbox.filter((item) => item.localId !== localId);

/** The server echoed this text: the oldest item that could be it is done. */
export function confirm(outbox: Outbox, echo: { text: string; to?: string }): Outbox {
  const done = outbox.find(
    (item) => item.state !== 'queued' && item.to === echo.to && item.text === echo.text,
  );
  return done === undefined ? outbox : drop(outbox, done.localId);
}

export const lineBroke = (outbox: Outbox): Outbox =>
  outbox.map((item) => (item.state === 'sending' ? { ...item, state: 'lost' } : item));

/** The history after a reconnect is complete: what is still `lost` did not arrive. */
export const historyComplete = (outbox: Outbox): Outbox =>
  outbox.map((item) => (item.state === 'lost' ? { ...item, state: 'failed' } : item));

/**
 * The server refused something; its error names no message, so it is taken for the newest one on
 * its way, among the private ones where only those can be meant.
 */
export function refuseNewest(
  outbox: Outbox,
  isPrivateOnly: boolean,
): { outbox: Outbox; refused?: OutboxItem } {
  const refused = outbox.findLast(
    (item) => item.state === 'sending' && (!isPrivateOnly || item.to !== undefined),
  );
  if (refused === undefined) return { outbox };
  return { outbox: withState(outbox, refused.localId, 'failed'), refused };
}
