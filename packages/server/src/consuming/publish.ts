/** `publish`: the one call of queues that is no procedure, as in the server API. */
import { ok, type Outcome } from '@carillon/protocol';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Publisher } from '../ports/server-api.ts';
import { describeInvalidInput } from '../procedures/invalid-input.ts';

export const PUBLISH = 'publish';

const Publication = Compile(
  Type.Object(
    {
      channel: Type.String({ minLength: 1, maxLength: 255 }),
      data: Type.Unknown(),
      tags: Type.Optional(Type.Record(Type.String(), Type.String())),
      skip_history: Type.Optional(Type.Boolean()),
      idempotency_key: Type.Optional(Type.String({ maxLength: 128 })),
    },
    { additionalProperties: false },
  ),
);

/** `isRepeat`: the broker had seen the idempotency key. */
export const publishFromQueue = async (
  publisher: Publisher,
  input: unknown,
): Promise<Outcome<{ readonly isRepeat: boolean }>> => {
  if (!Publication.Check(input)) return describeInvalidInput(Publication.Errors(input), input);
  const { channel, data, tags, skip_history: skipHistory, idempotency_key: key } = input;
  const published = await publisher.publish(channel, JSON.stringify(data), {
    ...(tags !== undefined && { tags }),
    ...(skipHistory !== undefined && { skipHistory }),
    ...(key !== undefined && key !== '' && { idempotencyKey: key }),
  });
  return published.ok ? ok({ isRepeat: published.value.duplicate }) : published;
};
