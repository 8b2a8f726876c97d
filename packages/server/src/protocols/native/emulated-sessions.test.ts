import { expect, it } from 'vitest';
import { createRecordingLogger } from '../../../../testkit/src/recording-logger.ts';
import { createSystemRandom } from '../../adapters/clock-system/system-random.ts';
import type { Session } from '../../ports/connection-handler.ts';
import { EmulatedSessions } from './emulated-sessions.ts';

/** As much of a session as is looked at here. */
const fakeSession = (id: string): Session & { state: Session['state']; ended: number[] } => {
  const ended: number[] = [];
  const session = {
    id,
    state: 'ready',
    ended,
    disconnect: ({ code }: { code: number }) => ended.push(code),
  };
  return session as unknown as Session & { state: Session['state']; ended: number[] };
};

const open = (id = 'c1') => {
  const logger = createRecordingLogger(() => undefined);
  const sessions = new EmulatedSessions({ random: createSystemRandom(), logger });
  const session = fakeSession(id);
  const handle = sessions.handleFor(session);
  const texts: string[] = [];
  const receiver = {
    handleText: (text: string) => {
      if (text === 'bug') throw new Error('a bug');
      texts.push(text);
    },
    handleBinary: () => undefined,
    handleDrain: () => undefined,
    handleClosed: () => undefined,
  };
  sessions.add(handle, session, receiver);
  return { sessions, session, handle, texts };
};

it('frames reach the connection whose handle they carry, and no other', () => {
  const { sessions, handle, texts } = open();
  expect(sessions.deliver(handle, 'a')).toBe(true);
  const wrong = [
    'c1',
    'c1.',
    `${handle}x`,
    handle.slice(0, -1),
    handle.replace('c1', 'c2'),
    `c1.${'0'.repeat(72)}`,
    '',
  ];
  for (const each of wrong) expect(sessions.deliver(each, 'b')).toBe(false);
  expect(texts).toEqual(['a']);
});

it('a handle has 72 characters that nobody else knows, another one each time', () => {
  const { sessions, session, handle } = open();
  expect(handle).toMatch(/^c1\.[\w-]{72}$/);
  expect(sessions.handleFor(session)).not.toBe(handle);
});

it('who is not ready, or gone, gets nothing', () => {
  const { sessions, session, handle, texts } = open();
  session.state = 'draining';
  expect(sessions.deliver(handle, 'a')).toBe(false);
  session.state = 'ready';
  sessions.forget(session);
  expect(sessions.deliver(handle, 'a')).toBe(false);
  expect(texts).toEqual([]);
  expect(sessions.size).toBe(0);
});

it('a bug costs the connection, not the process', () => {
  const { sessions, session, handle } = open();
  expect(sessions.deliver(handle, 'bug')).toBe(true);
  expect(session.ended).toEqual([3004]);
});
