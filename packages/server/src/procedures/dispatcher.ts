/**
 * Runs procedures, whichever way a call came in: looks the method up, authorises the caller, has
 * the input checked, and turns whatever goes wrong into one of the coded errors. Knows neither
 * WebSocket nor HTTP.
 */
import { fail, type Outcome } from '@carillon/protocol';
import type { Procedure } from '@carillon/protocol/procedures';
import type { Random } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { StoreUnavailableError } from '../ports/store.ts';
import { checkAccess } from './actor.ts';
import type { Answer, Binding, ProcedureCall } from './binding.ts';

export interface Dispatcher {
  readonly procedures: readonly Procedure[];
  /** Never rejects. */
  call(method: string, input: unknown, call: ProcedureCall): Promise<Outcome<Answer<unknown>>>;
}

export interface DispatcherDeps {
  readonly bindings: readonly Binding[];
  readonly logger: Logger;
  readonly random: Random;
}

export const createDispatcher = ({ bindings, logger, random }: DispatcherDeps): Dispatcher => {
  const byName = new Map(bindings.map((binding) => [binding.procedure.name, binding]));
  if (byName.size !== bindings.length) throw new Error('two procedures have the same name');

  const explainThrow = (thrown: unknown, method: string): Outcome<never> => {
    if (thrown instanceof StoreUnavailableError) {
      logger.error({ method, err: thrown }, 'the store could not save');
      return fail('storage_unavailable');
    }
    const id = random.id();
    logger.error({ method, err: thrown, error_id: id }, 'a procedure failed unexpectedly');
    return fail('internal', `internal server error (id ${id})`);
  };

  return {
    procedures: bindings.map((binding) => binding.procedure),
    call: async (method, input, call) => {
      const binding = byName.get(method);
      if (binding === undefined) return fail('method_not_found', `unknown method "${method}"`);
      const access = checkAccess(call.actor, binding.procedure.access);
      if (!access.ok) return access;
      try {
        return await binding.run(input, call);
      } catch (thrown) {
        return explainThrow(thrown, method);
      }
    },
  };
};
