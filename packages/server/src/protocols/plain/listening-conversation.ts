/**
 * Endpoints that only tell (notifications, tasks): clients may show that they are alive, in the
 * ways that plain clients know, and have nothing else to say.
 */
import { parseChatFrame } from './chat-command.ts';
import type { Conversation, PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { heartbeatAckFrame } from './plain-frames.ts';

export const createListening = (deps: PlainDeps, connection: PlainConnection): Conversation => ({
  handleText(text) {
    const parsed = parseChatFrame(text, deps.limits);
    if (!parsed.ok) return { error: parsed.error, field: parsed.field };
    switch (parsed.command.type) {
      case 'pong':
        return undefined;
      case 'ping':
        connection.session.send('{"type":"pong"}');
        return undefined;
      case 'heartbeat':
        connection.session.send(heartbeatAckFrame(parsed.command.timestamp, deps.clock.now()));
        return undefined;
      case 'status':
      case 'message':
        return { error: 'unknown_type', field: 'type' };
    }
  },
});
