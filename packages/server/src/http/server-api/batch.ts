/** batch: several commands in one request, answered in their order. */
import { fail, ok, type Outcome } from '@carillon/protocol';
import { Type } from 'typebox';
import type { ApiDeps } from '../http-deps.ts';
import { defineMethod, type ApiMethod } from './method.ts';
import { apiError } from './api-error.ts';

const MAX_COMMANDS = 1000;

const Command = Type.Record(Type.String(), Type.Unknown());

const runOne = async (
  deps: ApiDeps,
  methods: ReadonlyMap<string, ApiMethod>,
  command: Readonly<Record<string, unknown>>,
): Promise<object> => {
  const [entry, ...others] = Object.entries(command);
  if (entry === undefined || others.length > 0) {
    return apiError(fail('bad_request', 'a command is an object with its method as the only key'));
  }
  const [name, parameters] = entry;
  const method = methods.get(name);
  const outcome: Outcome<object> =
    method === undefined
      ? fail('method_not_found', `unknown method "${name}"`)
      : await method.run(deps, parameters);
  return outcome.ok ? { [name]: outcome.value } : apiError(outcome);
};

export const createBatch = (methods: ReadonlyMap<string, ApiMethod>): ApiMethod =>
  defineMethod({
    name: 'batch',
    summary: 'Several commands in one request',
    parameters: Type.Object({
      commands: Type.Array(Command, { minItems: 1, maxItems: MAX_COMMANDS }),
      parallel: Type.Optional(Type.Boolean()),
    }),
    example: {
      commands: [
        { publish: { channel: 'news:today', data: { text: 'hello' } } },
        { presence_stats: { channel: 'news:today' } },
      ],
    },
    run: async (deps, { commands, parallel }) => {
      if (parallel === true) {
        return ok({
          replies: await Promise.all(commands.map((command) => runOne(deps, methods, command))),
        });
      }
      const replies: object[] = [];
      for (const command of commands) replies.push(await runOne(deps, methods, command));
      return ok({ replies });
    },
  });
