/** Joins a declaration with the function that does it, and checks the input in between. */
import type { Outcome, RawJson } from '@carillon/protocol';
import type { Procedure } from '@carillon/protocol/procedures';
import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Identity } from '../ports/authenticator.ts';
import type { Actor } from './actor.ts';
import { describeInvalidInput } from './invalid-input.ts';

/** What a handler learns beside its input. */
export interface ProcedureCall {
  readonly actor: Actor;
  /** Claims of the verified token, where the call came with one over HTTP. */
  readonly identity?: Identity;
  /** The one field that is a whole HTTP body, as the text that came (without blanks between tokens). */
  readonly rawBody?: RawJson;
}

export interface Answer<T> {
  readonly output: T;
  /** The call had been made before: the first result is returned. */
  readonly isRepeat: boolean;
}

export type Handler<Input, Output> = (
  input: Input,
  call: ProcedureCall,
) => Promise<Outcome<Answer<Output>>> | Outcome<Answer<Output>>;

export interface Binding {
  readonly procedure: Procedure;
  run(input: unknown, call: ProcedureCall): Promise<Outcome<Answer<unknown>>>;
}

export const answer = <T>(
  output: T,
  isRepeat = false,
): { readonly ok: true; readonly value: Answer<T> } => ({
  ok: true,
  value: { output, isRepeat },
});

/** Clients written in languages without `undefined` send null for "not given". */
const withoutNulls = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const entries = Object.entries(input);
  return entries.some(([, value]) => value === null)
    ? Object.fromEntries(entries.filter(([, value]) => value !== null))
    : input;
};

export const implement = <Input extends TObject, Output extends TSchema>(
  procedure: Procedure<Input, Output>,
  handle: Handler<Static<Input>, Static<Output>>,
): Binding => {
  const validator = Compile(procedure.input);
  return {
    procedure,
    run: async (input, call) => {
      const given = withoutNulls(input ?? {});
      return validator.Check(given)
        ? await handle(given, call)
        : describeInvalidInput(validator.Errors(given), given);
    },
  };
};
