/**
 * The form of one declaration. A procedure says once what it is called, who may call it, what goes
 * in and out and where it lives in the REST API; WebSocket RPC, REST, OpenAPI and typed clients all
 * derive from it. What a procedure does stands in the server.
 */
import type { Static, TObject, TProperties, TSchema } from 'typebox';
import type { ErrorName } from '../errors.ts';

/**
 * Who may call: `user` needs a verified token, `backend` an API key (or a token with the `admin`
 * claim), `admin` the same. `user-or-backend` procedures act for the token's user, or for the one
 * an API key's caller names.
 */
export type ProcedureAccess = 'anyone' | 'user' | 'backend' | 'user-or-backend' | 'admin';

export interface ProcedureHttp {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/api/v1/tasks/{task_id}`: each `{name}` is the input field of that name. */
  readonly path: string;
  /** @default 200 */
  readonly successStatus?: 200 | 201 | 202;
  /** Answered instead when the call was a repeat and the first result is returned. */
  readonly repeatedStatus?: 200;
  /**
   * Where the fields go that are not in the path: the query string of GET and DELETE, the members
   * of the JSON body of POST. `{ field }`: the whole body is that one field.
   */
  readonly body?: { readonly field: string };
}

export interface Procedure<
  Input extends TObject = TObject,
  Output extends TSchema = TSchema,
  Name extends string = string,
> {
  /** The RPC method, `group.verb`. */
  readonly name: Name;
  /** One line for people, shown in the API docs. */
  readonly summary: string;
  /** More for people, where one line does not say it. */
  readonly description?: string;
  readonly access: ProcedureAccess;
  readonly input: Input;
  readonly output: Output;
  /** Beside those every call can end with (bad input, not authorised, internal). */
  readonly errors: readonly ErrorName[];
  readonly http: ProcedureHttp;
  /** An input and its output as they look on the wire; a test validates both. */
  readonly example: { readonly input: Static<Input>; readonly output: Static<Output> };
}

export type InputOf<P extends Procedure> = Static<P['input']>;
export type OutputOf<P extends Procedure> = Static<P['output']>;

/** Keeps the precise types of a declaration. */
export const defineProcedure = <
  Properties extends TProperties,
  Output extends TSchema,
  const Name extends string,
>(
  procedure: Procedure<TObject<Properties>, Output, Name>,
): Procedure<TObject<Properties>, Output, Name> => procedure;

/** The input fields that stand in the path, in order. */
export const pathFields = (http: ProcedureHttp): readonly string[] =>
  [...http.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
