/** Command → reply, for a connection that has connected. Nothing here keeps state. */
import {
  type Command,
  type CommandName,
  type Outcome,
  encodeRpcReply,
  encodeUnsubscribeReply,
  ok,
} from '@carillon/protocol';
import type { Session } from '../../ports/connection-handler.ts';
import {
  handleHistory,
  handlePresence,
  handlePresenceStats,
  handlePublish,
  handleSubscribe,
} from './channel-commands.ts';
import type { NativeContext } from './native-context.ts';
import { handleRefresh, handleSubRefresh } from './token-commands.ts';

/**
 * Commands that later ones may build on. While one runs, what follows waits, so that a client may
 * send subscribe, publish and unsubscribe in one frame; the others run side by side.
 */
const SERIAL: ReadonlySet<CommandName> = new Set<CommandName>([
  'connect',
  'refresh',
  'subscribe',
  'sub_refresh',
]);

export const isSerial = (name: CommandName): boolean => SERIAL.has(name);

/** The reply's text; undefined: none, because there is none or the connection has ended. */
export type Answer = Outcome<string> | undefined;

const handleRpc = async (
  { deps }: NativeContext,
  session: Session,
  { id, request }: Extract<Command, { type: 'rpc' }>,
): Promise<Answer> => {
  const data = await deps.rpc.call(session, request.method, request.data);
  return data.ok ? ok(encodeRpcReply(id, data.value)) : data;
};

/** All but `connect`, which is the connection's own business. */
export const dispatch = (
  context: NativeContext,
  session: Session,
  command: Exclude<Command, { type: 'connect' }>,
): Answer | Promise<Answer> => {
  switch (command.type) {
    case 'subscribe':
      return handleSubscribe(context, session, command);
    case 'publish':
      return handlePublish(session, command);
    case 'rpc':
      return handleRpc(context, session, command);
    case 'history':
      return handleHistory(session, command);
    case 'presence':
      return handlePresence(session, command);
    case 'presence_stats':
      return handlePresenceStats(session, command);
    case 'refresh':
      return handleRefresh(context, session, command);
    case 'sub_refresh':
      return handleSubRefresh(context, session, command);
    case 'unsubscribe': {
      const unsubscribed = session.unsubscribe(command.request.channel);
      return unsubscribed.ok ? ok(encodeUnsubscribeReply(command.id)) : unsubscribed;
    }
    case 'send':
      context.deps.handleMessage?.(session, command.request.data);
      return undefined;
    case 'ping':
      return ok(`{"id":${command.id},"ping":{}}`);
  }
};
