import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, parseCommand } from './command.ts';

const commandOf = (text: string): Command => {
  const parsed = parseCommand(text);
  if (parsed.type !== 'command') throw new Error(`${text} → ${JSON.stringify(parsed)}`);
  return parsed.command;
};

const refusalOf = (text: string): [number, string] | string => {
  const parsed = parseCommand(text);
  return parsed.type === 'refused' ? [parsed.id, parsed.failure.error] : parsed.type;
};

describe('commands', () => {
  it('connect has a token, positions to recover and data', () => {
    const command = commandOf(
      '{"id":1,"connect":{"token":"t","name":"js","data":{"a":1},"subs":{"user:1":{"recover":true,"epoch":"e","offset":12}}}}',
    );
    expect(command).toMatchObject({
      type: 'connect',
      id: 1,
      request: { token: 't', name: 'js', data: { a: 1 } },
    });
    if (command.type !== 'connect') throw new Error('not a connect');
    expect([...command.request.subs]).toEqual([
      ['user:1', { recover: true, epoch: 'e', offset: 12 }],
    ]);
  });

  it('subscribe knows its flags', () => {
    expect(
      commandOf(
        '{"id":2,"subscribe":{"channel":"chat:1","recover":true,"epoch":"e","offset":3,"flag":3,"join_leave":true,"positioned":true,"recoverable":true,"token":"x"}}',
      ).request,
    ).toEqual({
      channel: 'chat:1',
      token: 'x',
      recover: true,
      epoch: 'e',
      offset: 3,
      positioned: true,
      recoverable: true,
      joinLeave: true,
      rejectUnrecovered: true,
      kind: 0,
    });
  });

  it('absent and null fields are zero values', () => {
    expect(
      commandOf('{"id":2,"subscribe":{"channel":"c","token":null,"offset":null}}').request,
    ).toMatchObject({ channel: 'c', token: '', offset: 0, recover: false });
    expect(commandOf('{"id":2,"history":{"channel":"c"}}').request).toEqual({
      channel: 'c',
      limit: 0,
      reverse: false,
    });
    expect(commandOf('{"id":2,"connect":null}').type).toBe('connect');
  });

  it('a payload keeps its text, whatever it is', () => {
    const text = '{"n":12345678901234567890,"f":1.0,"e":"\\u00e9"}';
    expect(commandOf(`{"id":3,"publish":{"channel":"c","data":${text}}}`).request).toMatchObject({
      data: text,
    });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const data = JSON.stringify(value);
        const command = commandOf(`{"id":3,"publish":{"channel":"c","data":${data}}}`);
        expect(command.request).toMatchObject({ data });
      }),
    );
  });

  it('a payload never carries a line break of its formatting', () => {
    const command = commandOf('{"id":3,"publish":{"channel":"c","data":{\r"a":1\r}}}');
    expect(command.request).toMatchObject({ data: '{"a":1}' });
  });

  it('history may start somewhere', () => {
    expect(
      commandOf(
        '{"id":4,"history":{"channel":"c","limit":-1,"reverse":true,"since":{"epoch":"e","offset":9}}}',
      ).request,
    ).toEqual({ channel: 'c', limit: -1, reverse: true, since: { epoch: 'e', offset: 9 } });
  });

  it('send needs no id, an empty object is a pong', () => {
    expect(commandOf('{"send":{"data":1}}')).toEqual({ type: 'send', id: 0, request: { data: 1 } });
    expect(parseCommand('{}').type).toBe('pong');
    expect(parseCommand(' { } ').type).toBe('pong');
  });

  it.each(['{"connect":{}}', '{"id":0,"rpc":{"method":"a"}}', '{"foo":{}}', '{"id":0}'])(
    '%s breaks the protocol',
    (text) => {
      expect(parseCommand(text).type).toBe('violation');
    },
  );

  it.each([
    ['nonsense', 0, 'not_json'],
    ['[1]', 0, 'not_json'],
    ['null', 0, 'not_json'],
    ['{"id":5,"rpc":{', 5, 'not_json'],
    ['{"id":"5","rpc":{}}', 0, 'bad_request'],
    ['{"id":-1,"rpc":{}}', 0, 'bad_request'],
    ['{"id":4294967296,"rpc":{}}', 0, 'bad_request'],
    [`{"id":6,"rpc":{"data":${'['.repeat(40)}${']'.repeat(40)}}}`, 6, 'too_deep'],
    ['{"id":7,"foo":{}}', 7, 'method_not_found'],
    ['{"id":7}', 7, 'method_not_found'],
    ['{"id":8,"rpc":{},"publish":{}}', 8, 'bad_request'],
    ['{"id":8,"rpc":5}', 8, 'bad_request'],
    ['{"id":8,"subscribe":{}}', 8, 'bad_request'],
    ['{"id":8,"subscribe":{"channel":"a\\u0000"}}', 8, 'bad_request'],
    [`{"id":8,"subscribe":{"channel":"${'x'.repeat(256)}"}}`, 8, 'bad_request'],
    ['{"id":8,"subscribe":{"channel":"c","offset":1.5}}', 8, 'bad_request'],
    ['{"id":8,"subscribe":{"channel":"c","offset":-1}}', 8, 'bad_request'],
    ['{"id":8,"subscribe":{"channel":"c","recover":"yes"}}', 8, 'bad_request'],
    ['{"id":8,"publish":{"channel":"c"}}', 8, 'bad_request'],
    ['{"id":8,"history":{"channel":"c","since":5}}', 8, 'bad_request'],
    ['{"id":8,"history":{"channel":"c","since":{"epoch":5}}}', 8, 'bad_request'],
    ['{"id":8,"connect":{"subs":{"c":{"offset":"1"}}}}', 8, 'bad_request'],
    [`{"id":8,"connect":{"token":"${'x'.repeat(9000)}"}}`, 8, 'bad_request'],
    ['{"id":8,"rpc":{"method":"a","data":{"__proto__":{}}}}', 8, 'bad_request'],
  ])('%s is refused, not fatal', (text, id, error) => {
    expect(refusalOf(text)).toEqual([id, error]);
  });

  it('names from outside cannot reach a prototype', () => {
    const command = commandOf('{"id":1,"connect":{"subs":{"constructor":{"offset":1}}}}');
    if (command.type !== 'connect') throw new Error('not a connect');
    expect(command.request.subs.get('constructor')?.offset).toBe(1);
    expect(refusalOf('{"id":1,"toString":{}}')).toEqual([1, 'method_not_found']);
    expect(refusalOf('{"id":1,"subscribe":{"__proto__":{"channel":"c"}}}')).toEqual([
      1,
      'bad_request',
    ]);
  });

  it('any text gets an answer, no exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc
            .tuple(fc.integer(), fc.constantFrom('connect', 'rpc', 'subscribe'), fc.jsonValue())
            .map(([id, name, value]) => JSON.stringify({ id, [name]: value })),
        ),
        (text) => {
          expect(['command', 'pong', 'refused', 'violation']).toContain(parseCommand(text).type);
        },
      ),
    );
  });
});
