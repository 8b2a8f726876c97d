/** Procedures over a connection: the session's user is the caller. */
import { ok } from '@carillon/protocol';
import type { RpcHandler } from '../ports/rpc-handler.ts';
import { ANONYMOUS } from './actor.ts';
import type { Dispatcher } from './dispatcher.ts';

/** Admin rights and API keys do not reach over a connection: what needs one goes over HTTP. */
export const createRpcHandler = (dispatcher: Dispatcher): RpcHandler => ({
  call: async (session, method, data) => {
    const actor =
      session.user === ''
        ? ANONYMOUS
        : ({ type: 'user', user: session.user, isAdmin: false } as const);
    const outcome = await dispatcher.call(method, data, { actor });
    return outcome.ok ? ok(JSON.stringify(outcome.value.output)) : outcome;
  },
});
