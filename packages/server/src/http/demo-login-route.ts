/**
 * `POST /api/demo/login`: a token for any name, so that the pages can be tried; with `admin` one for
 * the console too, unless there is a password for that. In development, from this machine.
 */
import { fail } from '@carillon/protocol';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isFromLoopback } from './loopback.ts';
import { sendProblem } from './problem.ts';
import { bodyOf } from './rest-input.ts';

export const DEMO_LOGIN_PATH = '/api/demo/login';

const Login = Compile(
  Type.Object({
    admin: Type.Optional(Type.Boolean()),
    name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
  }),
);

export interface DemoLogin {
  readonly makeToken: (name: string, isAdmin: boolean) => Promise<string>;
  /** Operators have a password: no demo token gets into the console. */
  readonly hasPassword: boolean;
}

export const registerDemoLogin = (
  app: FastifyInstance,
  { makeToken, hasPassword }: DemoLogin,
): void => {
  app.post(DEMO_LOGIN_PATH, async (request, reply) => {
    if (!isFromLoopback(request)) {
      return sendProblem(reply, fail('permission_denied', 'only from this machine'));
    }
    const { value } = bodyOf(request);
    if (!Login.Check(value)) {
      return sendProblem(
        reply,
        fail('invalid_field', '"name" must have 1 to 64 characters, no control characters'),
      );
    }
    const { name, admin = false } = value;
    if (admin && hasPassword) {
      return sendProblem(reply, fail('permission_denied', 'log in with ADMIN_PASSWORD'));
    }
    const token = await makeToken(name, admin);
    return reply.header('cache-control', 'no-store').send({ token, user: name });
  });
};
