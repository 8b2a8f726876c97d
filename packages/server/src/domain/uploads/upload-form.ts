/** The fields of an upload's form, in whatever order they come. */
import { fail, ok, type Outcome } from '@carillon/protocol';

export type FormPart =
  | { readonly type: 'field'; readonly name: string; readonly value: string }
  | {
      readonly type: 'file';
      readonly name: string;
      /** As the sender calls it. */
      readonly fileName: string;
      /** Rejects when the rest does not come. */
      readonly bytes: AsyncIterable<Uint8Array>;
    };

export interface UploadFields {
  readonly conversationId?: string;
  /** With an API key: whose file it is. */
  readonly sender?: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
}

const NUMBERS = { width: 100_000, height: 100_000, duration_ms: 86_400_000 } as const;

/** The fields so far with one more; `invalid_field` for an unknown, doubled or wrong one. */
export function withField(
  fields: UploadFields,
  { name, value }: { readonly name: string; readonly value: string },
): Outcome<UploadFields> {
  switch (name) {
    case 'conversation_id':
      return fields.conversationId === undefined
        ? ok({ ...fields, conversationId: value })
        : doubled(name);
    case 'sender':
      return fields.sender === undefined ? ok({ ...fields, sender: value }) : doubled(name);
    case 'width':
    case 'height':
    case 'duration_ms': {
      const key = name === 'duration_ms' ? 'durationMs' : name;
      const number = Number(value);
      const min = name === 'duration_ms' ? 0 : 1;
      if (!Number.isInteger(number) || number < min || number > NUMBERS[name] || value === '') {
        return fail('invalid_field', `${name} must be a whole number, ${min}–${NUMBERS[name]}`);
      }
      return ok({ ...fields, [key]: number });
    }
    default:
      return fail(
        'invalid_field',
        `there is no field ${JSON.stringify(name.slice(0, 64))}; send file, conversation_id, width, height, duration_ms`,
      );
  }
}

const doubled = (name: string): Outcome<never> =>
  fail('invalid_field', `${name} was sent twice: send it once`);
