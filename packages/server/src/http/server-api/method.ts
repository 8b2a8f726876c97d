/** The form of one method of the server API: validated parameters in, `result` out. */
import { fail, type Outcome } from '@carillon/protocol';
import { Type, type Static, type TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { describeInvalidInput } from '../../procedures/invalid-input.ts';
import type { ApiDeps } from '../http-deps.ts';

export interface ApiMethod {
  readonly name: string;
  readonly summary: string;
  readonly parameters: TObject;
  /** Parameters as in the docs. */
  readonly example: object;
  /** Rejects only for bugs and failing devices. */
  run(deps: ApiDeps, parameters: unknown): Promise<Outcome<object>>;
}

export interface ApiMethodDefinition<Parameters extends TObject> {
  readonly name: string;
  readonly summary: string;
  readonly parameters: Parameters;
  readonly example: Static<Parameters>;
  readonly run: (
    deps: ApiDeps,
    parameters: Static<Parameters>,
  ) => Promise<Outcome<object>> | Outcome<object>;
}

/** Unknown parameters are ignored, as programs written for this API expect. */
export const defineMethod = <Parameters extends TObject>(
  definition: ApiMethodDefinition<Parameters>,
): ApiMethod => {
  const validator = Compile(definition.parameters);
  return {
    name: definition.name,
    summary: definition.summary,
    parameters: definition.parameters,
    example: definition.example,
    run: async (deps, parameters) => {
      if (validator.Check(parameters)) return definition.run(deps, parameters);
      const why = describeInvalidInput(validator.Errors(parameters), parameters);
      return fail('bad_request', why.message);
    },
  };
};

export const Channel = Type.String({ minLength: 1, maxLength: 255 });
export const User = Type.String({ maxLength: 128 });
export const Client = Type.Optional(Type.String({ minLength: 1, maxLength: 128 }));

/** An optional field that is left out when it has no value. */
export const clientOf = (client: string | undefined): { client?: string } =>
  client === undefined ? {} : { client };
