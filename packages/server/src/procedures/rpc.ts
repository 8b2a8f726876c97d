/** Procedures over a connection: the session's user is the caller. */
import { ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { Session } from '../ports/connection-handler.ts';
import { ANONYMOUS, type Actor } from './actor.ts';
import type { Dispatcher } from './dispatcher.ts';

/** An RpcHandler (ports/rpc-handler.ts) that needs to know nothing of a session but whose it is. */
export interface ProcedureRpc {
  call(session: Pick<Session, 'user'>, method: string, data: unknown): Promise<Outcome<RawJson>>;
}

/** Admin rights and API keys do not reach over a connection: what needs one goes over HTTP. */
export const createRpcHandler = (dispatcher: Dispatcher): ProcedureRpc => ({
  call: async ({ user }, method, data) => {
    const actor: Actor = user === '' ? ANONYMOUS : { type: 'user', user, isAdmin: false };
    const outcome = await dispatcher.call(method, data, { actor });
    return outcome.ok ? ok(JSON.stringify(outcome.value.output)) : outcome;
  },
});
