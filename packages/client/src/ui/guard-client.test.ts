import { describe, expect, test, vi } from 'vitest';
import type { Channel, Publication } from '../channel.ts';
import type { Client, ServerPublication } from '../client.ts';
import { createWritable } from '../readable.ts';
import { FEATURES, featuresOfCall } from './features.ts';
import type { Feature } from './features.ts';
import { guardClient } from './guard-client.ts';

const nothing = (): void => undefined;
const never = (): Promise<never> => Promise.reject(new Error('reached the server'));

/** A client that counts what reaches it. */
function scripted() {
  const published = new Set<(publication: Publication) => void>();
  const pushed = new Set<(publication: ServerPublication) => void>();
  const listen =
    <T>(listeners: Set<T>) =>
    (listener: T) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
  const subscribe = vi.fn(() => nothing);
  const channel = (name: string): Channel => ({
    name,
    state: createWritable({ status: 'unsubscribed' }),
    subscribe,
    onPublication: listen(published),
    onGap: () => nothing,
    onJoin: () => nothing,
    onLeave: () => nothing,
    publish: () => Promise.resolve(),
    presence: never,
    presenceStats: never,
    history: never,
  });
  const client: Client = {
    state: createWritable({ status: 'idle' }),
    user: createWritable(undefined),
    connect: nothing,
    disconnect: nothing,
    retryNow: nothing,
    channel,
    call: vi.fn(never),
    onServerPublication: listen(pushed),
    onServerGap: () => nothing,
    close: nothing,
  };
  const tell = (data: unknown): void => {
    for (const listener of published) listener({ data });
    for (const listener of pushed) listener({ channel: 'user:a', data });
  };
  return { client, subscribe, tell };
}

const only = (...features: Feature[]): ReadonlySet<Feature> => new Set(features);

describe('a feature that is not listed is not allowed', () => {
  test('its calls are refused before they reach the connection, and say what to do', async () => {
    const { client } = scripted();
    const guarded = guardClient(client, only('messaging'));
    await expect(guarded.call('inbox.counts', {})).rejects.toMatchObject({
      name: 'feature_off',
      message: 'this page does not use system_notifications: add it to the features of its route',
    });
    expect(client.call).not.toHaveBeenCalled();
    await expect(guarded.call('chat.list', {})).rejects.toThrow('reached the server');
  });

  test('tasks are no feature: every page that connects may watch them', async () => {
    const { client } = scripted();
    const guarded = guardClient(client, only());
    await expect(guarded.call('task.list', {})).rejects.toThrow('reached the server');
  });

  test('a voice message needs voice_note beside messaging, a picture file_upload', () => {
    expect(featuresOfCall('chat.send', { kind: 'voice' })).toEqual(['messaging', 'voice_note']);
    expect(featuresOfCall('chat.send', { kind: 'image' })).toEqual(['messaging', 'file_upload']);
    expect(featuresOfCall('chat.send', { content: 'hi' })).toEqual(['messaging']);
    expect(featuresOfCall('chat.typing')).toEqual(['typing_indicator']);
    expect(featuresOfCall('users.devices')).toEqual(['user_monitoring']);
    expect(featuresOfCall('console.overview')).toEqual(['real_time_stats']);
  });
});

describe('a feature that is not listed is not subscribed to', () => {
  test('a conversation without messaging; joins and presence without user_monitoring', async () => {
    const { client, subscribe } = scripted();
    const guarded = guardClient(client, only('typing_indicator'));
    expect(() => guarded.channel('chat:1').subscribe()).toThrow('messaging');
    expect(() => guarded.channel('room:1').onJoin(nothing)).toThrow('user_monitoring');
    await expect(guarded.channel('room:1').presence()).rejects.toThrow('user_monitoring');
    expect(subscribe).not.toHaveBeenCalled();
    guarded.channel('room:1').subscribe();
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  test('its publications are not passed on; others are', () => {
    const { client, tell } = scripted();
    const guarded = guardClient(client, only('messaging'));
    const seen: unknown[] = [];
    guarded.channel('chat:1').onPublication(({ data }) => seen.push(data));
    guarded.onServerPublication(({ data }) => seen.push(data));
    for (const type of ['typing', 'notification', 'counts']) tell({ type });
    expect(seen).toEqual([]);
    tell({ type: 'message' });
    tell({ type: 'cart_updated' });
    expect(seen).toHaveLength(4);
  });
});

test('where everything is listed the client is the client', () => {
  const { client } = scripted();
  expect(guardClient(client, only(...FEATURES))).toBe(client);
});

test('a channel of a guarded client is the same object each time', () => {
  const guarded = guardClient(scripted().client, only());
  expect(guarded.channel('room:1')).toBe(guarded.channel('room:1'));
});
