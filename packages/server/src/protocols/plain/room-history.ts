/**
 * The step into a room: the stored messages first, then everything live, without a gap between
 * the two and without a message in both.
 *
 *   position of the channel ─▶ messages from the store ─▶ subscribe from that position
 *
 * A message is stored a moment before it is published. The newest one the store has must have
 * reached the channel before we subscribe, or it would come once more.
 */
import { fail, ok, type Outcome, type RawJson, type StreamPosition } from '@carillon/protocol';
import type { Session } from '../../ports/connection-handler.ts';
import type { Clock } from '../../ports/clock.ts';
import { roomChannel } from '../../domain/channels.ts';
import type { PlainDeps } from './plain-deps.ts';

/** How often, and how far apart, the channel is looked at for the newest stored message. */
const MAX_LOOKS = 5;
const PAUSE_MS = 20;

/** An older message that is not in the channel will not come any more (restart, expired history). */
const PUBLISH_LAG_MS = 2000;

interface StoredMessage {
  readonly frame: RawJson;
  readonly seq: number;
  readonly atMs: number;
}

interface ChannelTop {
  readonly position: StreamPosition | undefined;
  /** Of the newest publication; 0: there is none, or it is no message. */
  readonly seq: number;
}

const readMessage = (frame: RawJson): StoredMessage => {
  const value: unknown = JSON.parse(frame);
  const fields: { readonly seq?: unknown; readonly timestamp?: unknown } =
    typeof value === 'object' && value !== null ? value : {};
  const { seq, timestamp } = fields;
  return {
    frame,
    seq: typeof seq === 'number' ? seq : 0,
    atMs: typeof timestamp === 'string' ? Date.parse(timestamp) : 0,
  };
};

const pause = (clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    clock.after(PAUSE_MS, resolve);
  });

const readTop = async (deps: PlainDeps, room: string): Promise<ChannelTop> => {
  const page = await deps.channelAdmin.history(roomChannel(room), { limit: 1, reverse: true });
  if (!page.ok) return { position: undefined, seq: 0 };
  const [newest] = page.value.publications;
  const seq = newest === undefined ? 0 : readMessage(newest.data).seq;
  return { position: page.value.position, seq };
};

const untilPublished = async (
  deps: PlainDeps,
  room: string,
  { seq, atMs }: StoredMessage,
): Promise<void> => {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (deps.clock.now() - atMs > PUBLISH_LAG_MS) return;
    const top = await readTop(deps, room);
    if (top.seq >= seq) return;
    await pause(deps.clock);
  }
};

interface RoomSnapshot {
  readonly messages: readonly StoredMessage[];
  readonly position: StreamPosition | undefined;
}

const readRoom = async (deps: PlainDeps, room: string): Promise<RoomSnapshot> => {
  const { historyOnJoin } = deps.limits;
  const { position, seq } = await readTop(deps, room);
  const frames = historyOnJoin === 0 ? [] : await deps.rooms.recent(room, historyOnJoin);
  const messages = frames.map(readMessage);
  const newest = messages.at(-1);
  if (newest !== undefined && newest.seq > seq) await untilPublished(deps, room, newest);
  return { messages, position };
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
