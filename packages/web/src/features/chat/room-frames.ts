/**
 * What a frame of the server changes in the room: order, de-duplication by id, the history divider,
 * and which of my messages are confirmed.
 */
import type { ChatFrame } from './frames.ts';
import * as outbox from './outbox.ts';
import type { Entry, RoomState } from './room.ts';

/** The error that only a private message can get. */
const USER_NOT_CONNECTED = 408;

/** More than this many entries are not kept on the screen. */
const MAX_ENTRIES = 500;

export function reduceFrame(state: RoomState, frame: ChatFrame): RoomState {
  switch (frame.type) {
    case 'message':
      return frame.isHistory ? addHistory(state, frame) : addLive(endReplay(state), frame);
    case 'private':
      return addPrivate(endReplay(state), frame);
    case 'system': {
      const told = { ...endReplay(state), count: frame.count ?? state.count };
      return append(told, { kind: 'system', id: frame.id, text: frame.text, at: frame.at }, true);
    }
    case 'status':
      return { ...endReplay(state), users: frame.users, count: frame.count };
    case 'ping':
    case 'heartbeat_ack':
      return state.hasHeartbeat ? state : { ...state, hasHeartbeat: true };
    case 'error': {
      const { outbox: rest, refused } = outbox.refuseNewest(
        state.outbox,
        frame.code === USER_NOT_CONNECTED,
      );
      const about = refused === undefined ? {} : { about: refused };
      const error = { code: frame.code, message: frame.message, ...about };
      return { ...state, outbox: rest, error };
    }
  }
}

type MessageFrame = Extract<ChatFrame, { type: 'message' }>;

function addHistory(state: RoomState, frame: MessageFrame): RoomState {
  const isGap =
    state.hasJoined &&
    frame.seq !== undefined &&
    state.lastSeq !== undefined &&
    frame.seq > state.lastSeq + 1;
  const gap: Entry = { kind: 'divider', id: `gap-${frame.id}`, why: 'gap' };
  return addMessage(isGap ? append(state, gap, false) : state, frame, false);
}

const addLive = (state: RoomState, frame: MessageFrame): RoomState =>
  addMessage(state, frame, true);

function addMessage(state: RoomState, frame: MessageFrame, isLive: boolean): RoomState {
  const { id, author, text, at } = frame;
  const isOwn = author === state.me;
  const entry: Entry = { kind: 'message', id, author, text, at, isOwn };
  const next = append(state, entry, isLive && !isOwn);
  if (next === state) return state;
  return {
    ...next,
    ...(frame.seq === undefined ? {} : { lastSeq: Math.max(frame.seq, state.lastSeq ?? 0) }),
    outbox: isOwn ? outbox.confirm(state.outbox, { text }) : state.outbox,
  };
}

function addPrivate(state: RoomState, frame: Extract<ChatFrame, { type: 'private' }>): RoomState {
  const isOwn = frame.from === state.me;
  const other = isOwn ? (frame.to ?? '') : frame.from;
  const { id, text, at } = frame;
  const entry: Entry = {
    kind: 'message',
    id,
    author: frame.from,
    text,
    at,
    privateWith: other,
    isOwn,
  };
  const next = append(state, entry, !isOwn);
  if (next === state || !isOwn) return next;
  return { ...next, outbox: outbox.confirm(state.outbox, { text, to: other }) };
}

/** The same state when the id is known already. */
function append(state: RoomState, entry: Entry, isNews: boolean): RoomState {
  if (state.entries.some(({ id }) => id === entry.id)) return state;
  const entries = [...state.entries, entry].slice(-MAX_ENTRIES);
  return isNews ? { ...state, entries, latest: entry } : { ...state, entries };
}

/** The first live frame after opening ends the history: the divider is set, lost sends are told. */
function endReplay(state: RoomState): RoomState {
  if (!state.isReplaying) return state;
  const needsDivider = !state.hasJoined && state.entries.length > 0;
  const divider: Entry = { kind: 'divider', id: 'joined', why: 'joined' };
  return {
    ...state,
    entries: needsDivider ? [...state.entries, divider] : state.entries,
    outbox: outbox.historyComplete(state.outbox),
    isReplaying: false,
    hasJoined: true,
  };
}
