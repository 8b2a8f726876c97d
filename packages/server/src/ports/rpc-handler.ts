import type { Outcome, RawJson } from '@carillon/protocol';
import type { Session } from './connection-handler.ts';

/** Procedures called over a connection. Never rejects: a bug becomes `internal` with an id that is in the log. */
export interface RpcHandler {
  call(session: Session, method: string, data: unknown): Promise<Outcome<RawJson>>;
}
