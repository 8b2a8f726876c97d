/**
 * The step into a room: the stored messages first, then everything live, without a gap between
 * the two and without a message in both.
 *
 *   position of the channel ─▶ messages from the store ─▶ subscribe from that position
 *
 * A message is stored a moment before it is published. One that the store has and the channel has
 * not yet would come twice, so the reading is repeated until both agree.
 */
import { fail, ok, type Outcome, type RawJson, type StreamPosition } from '@carillon/protocol';
import type { Session } from '../../ports/connection-handler.ts';
import type { Clock } from '../../ports/clock.ts';
import { roomChannel } from '../../domain/channels.ts';
import type { PlainDeps } from './plain-deps.ts';

/** How often, and how far apart, store and channel are compared again. */
const MAX_READS = 5;
const PAUSE_MS = 20;

/** An older message that is not in the channel will not come any more (restart, expired history). */
const PUBLISH_LAG_MS = 2000;

interface StoredMessage {
  readonly frame: RawJson;
  readonly seq: number;
  readonly atMs: number;
}

interface RoomSnapshot {
  readonly messages: readonly StoredMessage[];
  readonly position: StreamPosition | undefined;
}

const readMessage = (frame: RawJson): StoredMessage => {
  const value: unknown = JSON.parse(frame);
  const seq = typeof value === 'object' && value !== null && 'seq' in value ? value.seq : 0;
  const time =
    typeof value === 'object' && value !== null && 'timestamp' in value ? value.timestamp : '';
  return {
    frame,
    seq: typeof seq === 'number' ? seq : 0,
    atMs: typeof time === 'string' ? Date.parse(time) : 0,
  };
};

const pause = (clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    clock.after(PAUSE_MS, resolve);
  });

const readRoom = async (deps: PlainDeps, room: string): Promise<RoomSnapshot> => {
  const { channelAdmin, clock, limits, rooms } = deps;
  for (let read = 1; ; read += 1) {
    const page = await channelAdmin.history(roomChannel(room), { limit: 1, reverse: true });
    const frames = limits.historyOnJoin === 0 ? [] : await rooms.recent(room, limits.historyOnJoin);
    const messages = frames.map(readMessage);
    const position = page.ok ? page.value.position : undefined;
    const published = page.ok ? page.value.publications.at(-1) : undefined;
    const newest = messages.at(-1);
    const isBehind =
      newest !== undefined &&
      newest.seq > (published === undefined ? 0 : readMessage(published.data).seq) &&
      clock.now() - newest.atMs < PUBLISH_LAG_MS;
    if (!isBehind || read === MAX_READS) return { messages, position };
    await pause(clock);
  }
};

export interface JoinedRoom {
  /** Stored messages, oldest first. */
  readonly history: readonly RawJson[];
  /** What came between reading the store and subscribing. */
  readonly missed: readonly RawJson[];
}

/**
 * Subscribes the session to the room. Send `history` and `missed` before the next `await`:
 * publications after them leave with the end of this tick.
 */
export const joinRoom = async (
  deps: PlainDeps,
  session: Session,
  room: string,
): Promise<Outcome<JoinedRoom>> => {
  const { messages, position } = await readRoom(deps, room);
  if (session.state !== 'ready') return fail('not_available');
  const subscribed = await session.subscribe(roomChannel(room), {
    isServerSide: true,
    isPositioned: true,
    isRecoverable: true,
    wantsJoinLeave: true,
    ...(position === undefined ? {} : { recoverFrom: position }),
  });
  if (!subscribed.ok) return subscribed;
  const newestSeq = messages.at(-1)?.seq ?? 0;
  const missed = subscribed.value.publications
    .filter((publication) => publication.nativeOnly !== true)
    .map((publication) => readMessage(publication.data))
    .filter((message) => message.seq === 0 || message.seq > newestSeq);
  return ok({
    history: messages.map((message) => message.frame),
    missed: missed.map((message) => message.frame),
  });
};
