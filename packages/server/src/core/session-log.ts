/** What operators read of a connection: one line when it becomes ready, one when that is over. */
import type { Disconnect } from '@carillon/protocol';
import type { ClientSession } from './session.ts';

/** The server's close frame, the client's close code, or a connection that broke off. */
export type SessionEnd = Disconnect | { readonly code: number } | 'lost';

export function logReady(session: ClientSession): void {
  const { protocol, transport, remoteAddress, deviceType } = session.init;
  session.context.logger.info(
    { ...whoIs(session), protocol, transport, remoteAddress, deviceType },
    'connected',
  );
}

export function logEnd(session: ClientSession, end: SessionEnd): void {
  const { clock, logger } = session.context;
  const durationMs = clock.now() - session.connectedAt;
  const { protocol } = session.init;
  const close = end === 'lost' ? { close: end } : end;
  logger.info({ ...whoIs(session), protocol, durationMs, ...close }, 'disconnected');
}

const whoIs = ({ id, user }: ClientSession) => ({ connection: id, user });
