/** Tells plain clients in their own close codes why the core ends a connection. */
import { DISCONNECTS, PLAIN_CLOSES, type Disconnect } from '@carillon/protocol';
import type { Session, SessionListener } from '../../ports/connection-handler.ts';

/** Native codes that plain clients know by another; the rest stay as they are, a backend's own reason included. */
const PLAIN_OF: ReadonlyMap<number, Disconnect> = new Map<number, Disconnect>([
  [DISCONNECTS.shutdown.code, PLAIN_CLOSES.going_away],
  [DISCONNECTS.connection_limit.code, PLAIN_CLOSES.too_many_connections],
  [DISCONNECTS.no_pong.code, PLAIN_CLOSES.no_heartbeat],
  [DISCONNECTS.expired.code, PLAIN_CLOSES.unauthorized],
  [DISCONNECTS.invalid_token.code, PLAIN_CLOSES.unauthorized],
  [DISCONNECTS.stale.code, PLAIN_CLOSES.unauthorized],
  [DISCONNECTS.permission_denied.code, PLAIN_CLOSES.unauthorized],
  [DISCONNECTS.too_many_errors.code, PLAIN_CLOSES.too_many_bad_frames],
]);

export const plainClose = (disconnect: Disconnect): Disconnect =>
  PLAIN_OF.get(disconnect.code) ?? disconnect;

export const PLAIN_LISTENER: SessionListener = {
  // A channel the server API added: its publications speak for themselves.
  handleSubscribed() {},

  /**
   * A plain client has no way to subscribe again, and must not go on as if nothing were missing:
   * it is sent away and comes back to the history or the present state.
   */
  handleUnsubscribed(session: Session, _channel: string, reason: Disconnect) {
    session.disconnect(
      reason.code >= 2500 ? PLAIN_CLOSES.insufficient_state : PLAIN_CLOSES.unauthorized,
    );
  },

  handleDisconnect: (_session, disconnect) => plainClose(disconnect),

  // There is no way to refresh a token here, so its end is the connection's.
  handleExpiring(session: Session) {
    session.disconnect(DISCONNECTS.expired);
  },
};
