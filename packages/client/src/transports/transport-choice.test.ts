import { createFakeClock } from '@carillon/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TransportName } from '../connection/connection-state.ts';
import { type ClientEnvironment, type TransportMemory, platform } from '../environment.ts';
import { createTransportChoice } from './transport-choice.ts';

const ORDER: readonly TransportName[] = ['websocket', 'http_stream', 'sse'];
const HOUR_MS = 3_600_000;

let clock: ReturnType<typeof createFakeClock>;
let kept: Map<string, string>;

const memory: TransportMemory = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => void kept.set(key, value),
};

const choose = (parts: Partial<ClientEnvironment> = {}) =>
  createTransportChoice({
    environment: { ...platform(), clock, storage: memory, ...parts },
    order: ORDER,
    key: 'k',
  });

beforeEach(() => {
  clock = createFakeClock();
  kept = new Map();
});

describe('which transports are tried', () => {
  it('all of them, the best first, while nothing is known', () => {
    expect(choose().candidates()).toEqual(ORDER);
  });

  it('WebSocket alone where it has worked, also on the next page', () => {
    choose().handleSuccess('websocket');
    expect(choose().candidates()).toEqual(['websocket']);
  });

  it('what worked is doubted after two failures, and trusted again after a success', () => {
    const choice = choose();
    choice.handleSuccess('websocket');
    choice.handleFailure();
    expect(choice.candidates()).toEqual(['websocket']);
    choice.handleFailure();
    expect(choice.candidates()).toEqual(ORDER);
    choice.handleSuccess('websocket');
    expect(choice.candidates()).toEqual(['websocket']);
  });

  it('a fallback that worked comes first for an hour, however often it is used', async () => {
    choose().handleSuccess('http_stream');
    const next = choose();
    expect(next.candidates()).toEqual(['http_stream', 'websocket', 'sse']);
    await clock.advance(HOUR_MS / 2);
    next.handleSuccess('http_stream');
    expect(next.candidates()[0]).toBe('http_stream');
    await clock.advance(HOUR_MS / 2);
    expect(next.candidates()).toEqual(ORDER);
    expect(choose().candidates()).toEqual(ORDER);
  });

  it('a memory that is forbidden, full or nonsense changes nothing', () => {
    const forbidden: TransportMemory = {
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('full');
      },
    };
    const choice = choose({ storage: forbidden });
    expect(choice.candidates()).toEqual(ORDER);
    choice.handleSuccess('sse');
    expect(choice.candidates()).toEqual(['sse', 'websocket', 'http_stream']);
    kept.set('k', 'carrier-pigeon 99999999999999');
    expect(choose().candidates()).toEqual(ORDER);
  });
});
