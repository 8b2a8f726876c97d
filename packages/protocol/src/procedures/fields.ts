/**
 * Fields that several procedures share, so that one word has one meaning and one limit.
 * JSON bodies are snake_case, except the identifiers fixed as `clientId` and `dedupeKey`.
 */
import { Type } from 'typebox';

/** No control characters: ids become part of channel names and of log lines. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f]+$';

export const UserId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: PRINTABLE,
  description: "A user's id: the `sub` of the token.",
});

export const Id = Type.String({ minLength: 1, maxLength: 128, pattern: PRINTABLE });

/** Only a caller with an API key may name somebody else than itself. */
export const OnBehalfOf = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 128,
    pattern: PRINTABLE,
    description: 'With an API key: the user to act for. With a token: absent, or the own id.',
  }),
);

export const UserIds = Type.Array(UserId, { minItems: 1, maxItems: 10_000 });
export const Timestamp = Type.String({ description: 'ISO 8601, UTC.' });
export const Cursor = Type.Optional(
  Type.String({ maxLength: 512, description: '`next` of the page before; opaque.' }),
);
export const Next = Type.Optional(
  Type.String({ description: 'Cursor of the next page; absent on the last.' }),
);
export const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 unless told.' }),
);
export const Title = Type.String({ minLength: 1, maxLength: 200 });
/** The configured limits of a server are below these ceilings; it says so when one is passed. */
export const Text = Type.String({ maxLength: 100_000 });
export const Kind = Type.String({ minLength: 1, maxLength: 128, pattern: PRINTABLE });
export const Link = Type.String({ maxLength: 2048 });
export const AnyJson = Type.Unknown({ description: 'Any JSON.' });
/** An object whose members are the caller's own. */
export const JsonObject = Type.Object({}, { additionalProperties: true });
export const Count = Type.Integer({ minimum: 0 });

/** What a call answers that has nothing to tell. */
export const Done = Type.Object({ ok: Type.Literal(true) });
