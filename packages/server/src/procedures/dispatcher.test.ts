import { fail, ok } from '@carillon/protocol';
import { defineProcedure } from '@carillon/protocol/procedures';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { Logger } from '../ports/logger.ts';
import { StoreUnavailableError } from '../ports/store.ts';
import { ANONYMOUS, requireSubject, subjectOf, type Actor } from './actor.ts';
import { answer, implement, type Handler } from './binding.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { createRpcHandler } from './rpc.ts';

const Input = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 5 }),
    kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
    list: Type.Optional(Type.Array(Type.String(), { maxItems: 2 })),
  },
  { additionalProperties: false },
);

const procedureWith = (access: 'anyone' | 'user' | 'backend' | 'user-or-backend' | 'admin') =>
  defineProcedure({
    name: 'test.echo',
    summary: 'Says it again',
    access,
    input: Input,
    output: Type.Object({ text: Type.String() }),
    errors: [],
    http: { method: 'POST', path: '/api/v1/echo' },
    example: { input: { text: 'a' }, output: { text: 'a' } },
  });

const ALICE: Actor = { type: 'user', user: 'alice', isAdmin: false };
const ADMIN: Actor = { type: 'user', user: 'root', isAdmin: true };
const BACKEND: Actor = { type: 'backend', key: 'key-1' };

interface LogLine {
  readonly fields: object;
  readonly message: string;
}

const dispatcherOf = (
  handle: Handler<{ text: string }, { text: string }> = ({ text }) => answer({ text }),
  access: Parameters<typeof procedureWith>[0] = 'anyone',
): { dispatcher: Dispatcher; errors: LogLine[] } => {
  const errors: LogLine[] = [];
  const ignore = (): void => {};
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (fields, message) => errors.push({ fields, message }),
    child: () => logger,
  };
  const dispatcher = createDispatcher({
    bindings: [implement(procedureWith(access), handle)],
    logger,
    random: { next: () => 0, id: () => 'fault-1' },
  });
  return { dispatcher, errors };
};

const call = (input: unknown, actor: Actor = ALICE) =>
  dispatcherOf().dispatcher.call('test.echo', input, { actor });

describe('input', () => {
  test('what satisfies the declaration reaches the handler', async () => {
    expect(await call({ text: 'hello' })).toEqual(
      ok({ output: { text: 'hello' }, isRepeat: false }),
    );
  });

  test('null means "not given"', async () => {
    expect(await call({ text: 'hello', kind: null })).toMatchObject({ ok: true });
  });

  test.each([
    [{}, 'invalid_field', '"text" is required'],
    [undefined, 'invalid_field', '"text" is required'],
    [{ text: 7 }, 'invalid_field', '"text" must be string, got 7'],
    [
      { text: 'too long' },
      'too_long',
      '"text" must not have more than 5 characters, got "too long"',
    ],
    [{ text: 'a', list: ['', '', ''] }, 'too_many', '"list" must not have more than 2 items'],
    [{ text: 'a', kind: 'c' }, 'invalid_field', '"kind" must be one of "a", "b", got "c"'],
    [{ text: 'a', extra: 1 }, 'invalid_field', '"extra" is not a field'],
    [[], 'invalid_field', 'must be object'],
  ])('%j is refused with the field and the value in the message', async (input, error, message) => {
    const outcome = await call(input);
    expect(outcome).toMatchObject({ ok: false, error });
    expect(outcome.ok ? '' : outcome.message).toContain(message);
  });

  test('an unknown method is named', async () => {
    const { dispatcher } = dispatcherOf();
    expect(await dispatcher.call('test.no', {}, { actor: ALICE })).toEqual(
      fail('method_not_found', 'unknown method "test.no"'),
    );
  });
});

describe('access', () => {
  test.each([
    ['anyone', ANONYMOUS, undefined],
    ['user', ANONYMOUS, 'unauthorized'],
    ['user', ALICE, undefined],
    ['user', BACKEND, 'permission_denied'],
    ['backend', ANONYMOUS, 'unauthorized'],
    ['backend', ALICE, 'permission_denied'],
    ['backend', ADMIN, undefined],
    ['backend', BACKEND, undefined],
    ['user-or-backend', ANONYMOUS, 'unauthorized'],
    ['user-or-backend', ALICE, undefined],
    ['user-or-backend', BACKEND, undefined],
    ['admin', ALICE, 'permission_denied'],
    ['admin', ADMIN, undefined],
    ['admin', BACKEND, undefined],
  ] as const)('%s, called by %j: %s', async (access, actor, error) => {
    const { dispatcher } = dispatcherOf(undefined, access);
    const outcome = await dispatcher.call('test.echo', { text: 'a' }, { actor });
    expect(outcome.ok ? undefined : outcome.error).toBe(error);
  });

  test('who may not call does not learn what is wrong with the input', async () => {
    const { dispatcher } = dispatcherOf(undefined, 'backend');
    expect(await dispatcher.call('test.echo', {}, { actor: ALICE })).toMatchObject({
      error: 'permission_denied',
    });
  });

  test('a user acts as itself only, a backend as whom it names', () => {
    expect(subjectOf(ALICE, undefined, 'sender')).toEqual(ok('alice'));
    expect(subjectOf(ALICE, 'bob', 'sender')).toMatchObject({ error: 'permission_denied' });
    expect(subjectOf(BACKEND, 'bob', 'sender')).toEqual(ok('bob'));
    expect(subjectOf(BACKEND, undefined, 'sender')).toEqual(ok(undefined));
    expect(requireSubject(BACKEND, undefined, 'sender')).toMatchObject({ error: 'invalid_field' });
  });
});

describe('failures', () => {
  test('an expected failure is passed on as it is', async () => {
    const { dispatcher, errors } = dispatcherOf(() => fail('not_member', 'ask to be invited'));
    expect(await dispatcher.call('test.echo', { text: 'a' }, { actor: ALICE })).toEqual(
      fail('not_member', 'ask to be invited'),
    );
    expect(errors).toEqual([]);
  });

  test('a store that cannot save is storage_unavailable', async () => {
    const { dispatcher } = dispatcherOf(() => {
      throw new StoreUnavailableError('disk full');
    });
    expect(await dispatcher.call('test.echo', { text: 'a' }, { actor: ALICE })).toEqual(
      fail('storage_unavailable'),
    );
  });

  test('an unknown throw is internal, with an id that stands in the log as well', async () => {
    const bug = new TypeError('secret detail');
    const { dispatcher, errors } = dispatcherOf(() => Promise.reject(bug));
    const outcome = await dispatcher.call('test.echo', { text: 'a' }, { actor: ALICE });
    expect(outcome).toEqual(fail('internal', 'internal server error (id fault-1)'));
    expect(errors).toEqual([
      {
        fields: { method: 'test.echo', err: bug, error_id: 'fault-1' },
        message: 'a procedure failed unexpectedly',
      },
    ]);
  });

  test('two procedures of one name are a bug that shows at the start', () => {
    const binding = implement(procedureWith('anyone'), ({ text }) => answer({ text }));
    const { logger, random } = {
      logger: { debug() {}, info() {}, warn() {}, error() {}, child: () => logger } as Logger,
      random: { next: () => 0, id: () => '' },
    };
    expect(() => createDispatcher({ bindings: [binding, binding], logger, random })).toThrow(
      'two procedures',
    );
  });
});

describe('over a connection', () => {
  test('the result is JSON text, and an anonymous session is nobody', async () => {
    const { dispatcher } = dispatcherOf(undefined, 'user');
    const rpc = createRpcHandler(dispatcher);
    expect(await rpc.call({ user: 'alice' }, 'test.echo', { text: 'a' })).toEqual(
      ok('{"text":"a"}'),
    );
    expect(await rpc.call({ user: '' }, 'test.echo', { text: 'a' })).toMatchObject({
      error: 'unauthorized',
    });
  });
});
