/**
 * `/api/ws/tasks/{task_id}` (C2): the present state first, then progress, and 1000 after the end.
 *
 *   connected ─▶ state ─▶ progress … ─▶ completed | error ─▶ close 1000
 */
import { DISCONNECTS, PLAIN_CLOSES, type RawJson } from '@carillon/protocol';
import { taskChannel } from '../../domain/channels.ts';
import type { Heartbeat } from '../../ports/connection-handler.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { authenticate, checkPerson } from './admission.ts';
import { ChannelWatch } from './channel-watch.ts';
import { createListening } from './listening-conversation.ts';
import { sendConnected } from './notifications-endpoint.ts';
import { openPlain } from './open-plain.ts';
import type { PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { createTaskFormat, plainSnapshot } from './task-format.ts';

/** False: the task is not there, or not this person's, which is the same to them. */
const mayWatch = async (
  deps: PlainDeps,
  connection: PlainConnection,
  taskId: string,
): Promise<boolean> => {
  const { session } = connection;
  const task = await deps.tasks.get({ user: session.user }, taskId);
  if (!connection.isAlive) return false;
  if (task.ok) return true;
  const isHidden = task.error === 'not_found' || task.error === 'permission_denied';
  if (!isHidden) connection.sendError({ error: task.error });
  session.disconnect(isHidden ? PLAIN_CLOSES.not_found : DISCONNECTS.server_error);
  return false;
};

/** Subscribes, and answers the state the task was in at that moment. */
const watch = async (
  deps: PlainDeps,
  connection: PlainConnection,
  taskId: string,
): Promise<RawJson | undefined> => {
  const { session } = connection;
  const subscribed = await session.subscribe(taskChannel(taskId), { isServerSide: true });
  const state = subscribed.ok
    ? (subscribed.value.data ?? (await deps.tasks.snapshotFrame(taskId)))
    : undefined;
  if (state === undefined) session.disconnect(DISCONNECTS.server_error);
  return state;
};

const enter = async (
  deps: PlainDeps,
  ends: ChannelWatch,
  opening: { readonly connection: PlainConnection; readonly request: HandshakeRequest },
): Promise<void> => {
  const { connection, request } = opening;
  const { session } = connection;
  const identity = await checkPerson(deps, connection, request);
  if (identity === undefined || !(await authenticate(deps, connection, identity))) return;
  const taskId = request.params['task_id'] ?? '';
  if (!(await mayWatch(deps, connection, taskId))) return;
  // After the flush that carries the last frame, not before it.
  const close = (): void => deps.clock.defer(() => session.disconnect(PLAIN_CLOSES.done));
  connection.onClosed = ends.add(taskChannel(taskId), close);
  const state = await watch(deps, connection, taskId);
  if (state === undefined || !connection.isAlive) return;
  sendConnected(deps, connection);
  const { frame, isEnd } = plainSnapshot(state);
  session.send(frame);
  if (isEnd) close();
  else connection.begin(createListening(deps, connection));
};

export const createTasksEndpoint = (deps: PlainDeps, heartbeat: Heartbeat): WebSocketEndpoint => {
  /** Connections to be closed when the task of their channel has ended. */
  const ends = new ChannelWatch();
  const format = createTaskFormat((channel) => ends.notify(channel));
  return {
    name: 'tasks',
    path: '/api/ws/tasks/{task_id}',
    open: (socket, request) =>
      openPlain(deps, {
        socket,
        request,
        endpoint: { name: 'tasks', format, heartbeat },
        enter: (connection) => enter(deps, ends, { connection, request }),
      }),
  };
};
