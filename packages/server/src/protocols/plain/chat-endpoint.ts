/** `/ws/chat`, `/ws/chat/{username}` and `/ws/chat/{username}/heartbeat` (B2–B6): three doors to a room. */
import { DISCONNECTS } from '@carillon/protocol';
import type { Heartbeat } from '../../ports/connection-handler.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { authenticate, checkCredential } from './admission.ts';
import { ChatConversation } from './chat-conversation.ts';
import { chatEntry, type ChatEntry } from './chat-entry.ts';
import type { Language } from './language.ts';
import { languageOf, openPlain } from './open-plain.ts';
import { privateChannel } from './plain-channels.ts';
import type { PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { historyFrame } from './plain-frames.ts';
import { joinRoom } from './room-history.ts';

export interface ChatDoor {
  readonly name: string;
  readonly path: string;
  readonly heartbeat: Heartbeat;
}

export type RoomFormats = Readonly<Record<Language, WireFormat>>;

type Inside = Extract<ChatEntry, { type: 'inside' }>;

const enterRoom = async (
  deps: PlainDeps,
  connection: PlainConnection,
  { person, room }: Inside,
): Promise<void> => {
  const { session } = connection;
  const own = await session.subscribe(privateChannel(room, person.user), { isServerSide: true });
  const joined = own.ok && connection.isAlive ? await joinRoom(deps, session, room) : own;
  if (!connection.isAlive) return;
  if (!joined.ok) {
    connection.sendError({ error: joined.error });
    return session.disconnect(DISCONNECTS.server_error);
  }
  if ('history' in joined.value) {
    for (const frame of joined.value.history) session.send(historyFrame(frame));
    for (const frame of joined.value.missed) session.send(frame);
  }
  connection.begin(new ChatConversation(deps, { connection, room, person }));
};

const enter = async (
  deps: PlainDeps,
  connection: PlainConnection,
  request: HandshakeRequest,
): Promise<void> => {
  const entry = chatEntry(deps, request, await checkCredential(deps, request, 'open'));
  if (!connection.isAlive) return;
  if (entry.type === 'refused') return connection.session.disconnect(entry.close);
  if (!(await authenticate(deps, connection, entry.identity))) return;
  if (entry.type === 'inside') return enterRoom(deps, connection, entry);
  connection.sendError(entry.error);
  connection.begin({ handleText: () => entry.error });
};

export const createChatEndpoint = (
  deps: PlainDeps,
  door: ChatDoor,
  formats: RoomFormats,
): WebSocketEndpoint => ({
  name: door.name,
  path: door.path,
  open: (socket, request) =>
    openPlain(deps, {
      socket,
      request,
      endpoint: {
        name: door.name,
        format: formats[languageOf(request)],
        heartbeat: door.heartbeat,
      },
      enter: (connection) => enter(deps, connection, request),
    }),
});
