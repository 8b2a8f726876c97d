/** What the core asks about the domain's namespaces: chat, user, task, stream, room. */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { PublishResult } from '../ports/broker.ts';
import type { ChannelPolicy, ClientPublication } from '../ports/channel-policy.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { inNamespace } from './channels.ts';
import type { ConversationDirectory } from './chat/conversation-directory.ts';
import type { RoomMessage, Rooms } from './chat/rooms.ts';
import type { TaskService } from './tasks/task-service.ts';

export interface ChannelPolicyDeps {
  readonly directory: ConversationDirectory;
  readonly rooms: Rooms;
  readonly tasks: TaskService;
  readonly taskStore: TaskStore;
}

export function createChannelPolicy(deps: ChannelPolicyDeps): ChannelPolicy {
  return {
    isMember(user, channel) {
      const id = inNamespace(channel, 'chat');
      if (id === undefined || user === '') return false;
      const conversation = deps.directory.get(id);
      return conversation instanceof Promise
        ? conversation.then((known) => known?.roles.has(user) === true)
        : conversation?.roles.has(user) === true;
    },
    isOwner(user, channel) {
      if (user === '') return false;
      const owner = inNamespace(channel, 'user');
      if (owner !== undefined) return owner === user;
      const taskId = inNamespace(channel, 'task') ?? inNamespace(channel, 'stream');
      return taskId === undefined ? false : isTaskOwner(deps.taskStore, taskId, user);
    },
    subscribeData(_user, channel) {
      const taskId = inNamespace(channel, 'task');
      if (taskId !== undefined) return deps.tasks.snapshotFrame(taskId);
      const streamOf = inNamespace(channel, 'stream');
      return streamOf === undefined ? undefined : deps.tasks.streamStateFrame(streamOf);
    },
    handleInvalidate(_what, id) {
      deps.directory.forget(id);
    },
    handlePublish(publication) {
      const room = inNamespace(publication.channel, 'room');
      return room === undefined ? undefined : publishInRoom(deps.rooms, room, publication);
    },
  };
}

async function isTaskOwner(store: TaskStore, taskId: string, user: string): Promise<boolean> {
  return (await store.getTask(taskId))?.owner === user;
}

async function publishInRoom(
  rooms: Rooms,
  room: string,
  publication: ClientPublication,
): Promise<Outcome<PublishResult>> {
  const message = roomMessage(publication);
  if (!message.ok) return message;
  const sent = await rooms.send(room, message.value);
  if (!sent.ok) return sent;
  return ok(sent.value.result ?? { duplicate: !sent.value.isNew });
}

/** A JSON string, or an object with `message` and perhaps `clientId`; the name is never the payload's. */
function roomMessage({
  user,
  connectionId,
  data,
  idempotencyKey,
}: ClientPublication): Outcome<RoomMessage> {
  const body = parse(data);
  const text = typeof body === 'string' ? body : field(body, 'message');
  if (text === undefined) {
    return fail('invalid_field', 'message is missing: publish {"message": "…"} in a room');
  }
  const clientId = field(body, 'clientId') ?? idempotencyKey;
  const sender = user === '' ? `guest-${connectionId.slice(0, 4)}` : user;
  return ok({ sender, message: text, ...(clientId !== undefined && { clientId }) });
}

/** Clients' bytes become types here; the edge has parsed them once, so a failure is theirs to see. */
function parse(data: RawJson): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function field(body: unknown, name: 'message' | 'clientId'): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : undefined;
}
