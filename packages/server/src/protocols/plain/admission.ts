/**
 * Who may come in, and under which name. Refusals are close frames, so that any client sees the
 * reason; nothing of a token is ever logged or sent back.
 */
import { PLAIN_CLOSES, type Disconnect, type Failure } from '@carillon/protocol';
import type { Identity } from '../../ports/authenticator.ts';
import { after, type Eventually } from '../../ports/eventually.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import type { PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';

/** `open`: also where ALLOW_ANONYMOUS says so; `local`: only in development; `token`: never without. */
export type AccessRule = 'open' | 'local' | 'token';

const CREDENTIALS = ['token', 'ticket'];

const hasCredential = (request: HandshakeRequest): boolean =>
  request.authorization !== undefined || CREDENTIALS.some((name) => request.query.has(name));

const mayBeAnonymous = (deps: PlainDeps, rule: AccessRule): boolean => {
  const { open, byAllowAnonymous } = deps.anonymous;
  return rule !== 'token' && (open || (rule === 'open' && byAllowAnonymous));
};

/** The verified person, `anonymous`, or why not. */
export type Credential = Identity | 'anonymous' | Disconnect;

const check = async (
  deps: PlainDeps,
  request: HandshakeRequest,
  rule: AccessRule,
): Promise<Credential> => {
  const resolved = await deps.credentials.resolve(request);
  if (!resolved.ok) return PLAIN_CLOSES.unauthorized;
  const identity = resolved.value;
  if (identity !== undefined && identity.user !== '') return identity;
  return mayBeAnonymous(deps, rule) ? 'anonymous' : PLAIN_CLOSES.unauthorized;
};

/** Immediate where nothing has to be verified, so that an open endpoint needs no buffer. */
export const checkCredential = (
  deps: PlainDeps,
  request: HandshakeRequest,
  rule: AccessRule,
): Credential | Promise<Credential> => {
  if (hasCredential(request)) return check(deps, request, rule);
  return mayBeAnonymous(deps, rule) ? 'anonymous' : PLAIN_CLOSES.unauthorized;
};

export const isRefusal = (credential: Credential): credential is Disconnect =>
  typeof credential === 'object' && 'code' in credential;

/** For endpoints that always need a token; undefined: the connection has been sent away. */
export const checkPerson = async (
  deps: PlainDeps,
  connection: PlainConnection,
  request: HandshakeRequest,
): Promise<Identity | undefined> => {
  const credential = await checkCredential(deps, request, 'token');
  if (!connection.isAlive) return undefined;
  if (!isRefusal(credential) && credential !== 'anonymous') return credential;
  connection.session.disconnect(PLAIN_CLOSES.unauthorized);
  return undefined;
};

/** Refusals of the core; `limit_exceeded` says by its text which limit it was. */
const closeFor = ({ error, message }: Failure): Disconnect => {
  if (error === 'shutting_down') return PLAIN_CLOSES.going_away;
  if (error !== 'limit_exceeded') return PLAIN_CLOSES.unauthorized;
  return message === PLAIN_CLOSES.full.reason
    ? PLAIN_CLOSES.full
    : PLAIN_CLOSES.too_many_connections;
};

/** Makes the session ready. False: it was refused and has been closed. */
export const authenticate = (
  deps: PlainDeps,
  connection: PlainConnection,
  identity: Identity,
): Eventually<boolean> =>
  after(connection.session.authenticate(identity), (accepted) => {
    if (!accepted.ok) refuse(deps, connection, { user: identity.user, failure: accepted });
    return accepted.ok;
  });

const refuse = (
  deps: PlainDeps,
  { session }: PlainConnection,
  { user, failure }: { readonly user: string; readonly failure: Failure },
): void => {
  const { protocol, remoteAddress } = session.init;
  deps.logger.info(
    {
      connection: session.id,
      user,
      protocol,
      remoteAddress,
      error: failure.error,
    },
    'connection refused',
  );
  session.disconnect(closeFor(failure));
};
