/** publish and broadcast. */
import { ok, type Outcome } from '@carillon/protocol';
import { Type, type Static } from 'typebox';
import type { ApiDeps } from '../http-deps.ts';
import { apiError } from './api-error.ts';
import { Channel, defineMethod } from './method.ts';

const Options = {
  data: Type.Unknown(),
  skip_history: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  idempotency_key: Type.Optional(Type.String({ maxLength: 128 })),
};

const Publication = Type.Object({ channel: Channel, ...Options });

const publishTo = async (
  deps: ApiDeps,
  {
    channel,
    data,
    tags,
    skip_history: skipHistory,
    idempotency_key: key,
  }: Static<typeof Publication>,
): Promise<Outcome<object>> => {
  const published = await deps.publisher.publish(channel, JSON.stringify(data), {
    ...(tags !== undefined && { tags }),
    ...(skipHistory !== undefined && { skipHistory }),
    ...(key !== undefined && key !== '' && { idempotencyKey: key }),
  });
  return published.ok ? ok({ ...published.value.position }) : published;
};

export const publish = defineMethod({
  name: 'publish',
  summary: 'Publish into a channel',
  parameters: Publication,
  example: { channel: 'news:today', data: { text: 'hello' } },
  run: publishTo,
});

export const broadcast = defineMethod({
  name: 'broadcast',
  summary: 'Publish the same into many channels',
  parameters: Type.Object({
    channels: Type.Array(Channel, { minItems: 1, maxItems: 10_000 }),
    ...Options,
  }),
  example: { channels: ['user:alice', 'user:bob'], data: { text: 'hello' } },
  run: async (deps, { channels, ...options }) => {
    const responses = await Promise.all(
      channels.map(async (channel) => {
        const published = await publishTo(deps, { channel, ...options });
        return published.ok ? { result: published.value } : apiError(published);
      }),
    );
    return ok({ responses });
  },
});
