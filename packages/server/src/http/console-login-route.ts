/**
 * `POST /api/v1/console/login`: the operators' password for a short-lived token (console-tokens.ts);
 * with a token and no password, the same for longer. Wrong passwords are counted together with those
 * of HTTP Basic. `GET` says whether there is a password at all, for the page's log-in form.
 */
import { fail } from '@carillon/protocol';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { bearerOf } from './caller.ts';
import type { HttpBase } from './http-deps.ts';
import { sendProblem } from './problem.ts';
import { bodyOf } from './rest-input.ts';

export const CONSOLE_LOGIN_PATH = '/api/v1/console/login';

const Login = Compile(
  Type.Object(
    { password: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })) },
    { additionalProperties: false },
  ),
);

export const registerConsoleLogin = (app: FastifyInstance, { adminLogin }: HttpBase): void => {
  app.get(CONSOLE_LOGIN_PATH, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ password: adminLogin !== undefined }),
  );
  app.post(CONSOLE_LOGIN_PATH, async (request, reply) => {
    if (adminLogin === undefined) {
      return sendProblem(reply, fail('not_available', 'ADMIN_PASSWORD is not set on this server'));
    }
    const { value } = bodyOf(request);
    if (!Login.Check(value)) {
      return sendProblem(reply, fail('invalid_field', '"password" must be a text'));
    }
    const { password } = value;
    const logged =
      password === undefined
        ? adminLogin.renew(bearerOf(request) ?? '')
        : adminLogin.logIn(request, password);
    if (!logged.ok) {
      if (logged.error === 'too_many_requests') {
        reply.header('retry-after', adminLogin.retryAfterSeconds);
      }
      return sendProblem(reply, logged);
    }
    const { token, expiresAt } = logged.value;
    return reply
      .header('cache-control', 'no-store')
      .send({ token, expires_at: new Date(expiresAt).toISOString() });
  });
};
