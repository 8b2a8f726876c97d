/**
 * Reads typed fields of one command object. Absent and null fields have the protocol's zero value
 * ('' , 0, false), unknown fields are ignored, and the first wrong field is remembered, so that a
 * parser reads on without branching and asks once at the end.
 *
 * Only own properties count: JSON.parse makes `__proto__` an own property, which nobody reads.
 */

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Longest channel name, in UTF-16 units. */
export const MAX_CHANNEL_LENGTH = 255;
/** Longest token that is looked at; longer ones are refused before any cryptography. */
export const MAX_TOKEN_LENGTH = 8192;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Length and characters only; whether the channel exists is the server's to say. */
export const isChannelName = (name: string): boolean =>
  name.length > 0 && name.length <= MAX_CHANNEL_LENGTH && !CONTROL_CHARACTER.test(name);

export class FieldReader {
  readonly #fields: Fields;
  readonly #of: string;
  #problem: string | undefined;

  constructor(fields: Fields, of: string) {
    this.#fields = fields;
    this.#of = of;
  }

  /** What is wrong with the first wrong field; undefined when all were right. */
  get problem(): string | undefined {
    return this.#problem;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  value(name: string): unknown {
    return this.has(name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  text(name: string, maxLength: number): string {
    const value = this.value(name);
    if (value === undefined) return '';
    if (typeof value !== 'string') return this.#refuse(name, 'must be a string', '');
    if (value.length > maxLength) {
      return this.#refuse(name, `is longer than ${maxLength} characters`, '');
    }
    return value;
  }

  channel(): string {
    const value = this.value('channel');
    if (typeof value !== 'string' || !isChannelName(value)) {
      return this.#refuse(
        'channel',
        `must be 1 to ${MAX_CHANNEL_LENGTH} characters without control characters`,
        '',
      );
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (value === undefined) return false;
    return typeof value === 'boolean' ? value : this.#refuse(name, 'must be true or false', false);
  }

  /** A whole number from `min` (default 0) to 2^53 - 1. */
  whole(name: string, min = 0): number {
    const value = this.value(name);
    if (value === undefined) return 0;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
      return this.#refuse(name, `must be a whole number from ${min}`, 0);
    }
    return value;
  }

  object(name: string): Fields | undefined {
    const value = this.value(name);
    if (value === undefined || isFields(value)) return value;
    return this.#refuse(name, 'must be an object', undefined);
  }

  /** Takes over what a nested object found wrong. */
  adopt(name: string, inner: FieldReader): void {
    if (inner.problem !== undefined) this.#refuse(name, inner.problem, undefined);
  }

  refuse(name: string, why: string): void {
    this.#refuse(name, why, undefined);
  }

  #refuse<T>(name: string, why: string, zero: T): T {
    this.#problem ??= `${this.#of}.${name} ${why}`;
    return zero;
  }
}
