/** Tokens for the connection: a demo log-in gives new ones, a pasted token is all there is. */
import { demoSignIn, expiryOf } from '../../../session/sign-in.ts';
import type { Session } from './stored-session.ts';

interface TokenRequest {
  readonly reason: 'connect' | 'refresh';
}

/** A token that ends sooner than this is not worth a connection. */
const WORTH_MS = 1_000;

/** Null: nobody is signed in any more. Throws where the server cannot be reached. */
export function createTokenSource(
  session: Session,
): (request: TokenRequest) => Promise<string | null> {
  let kept: string | undefined;
  const isWorth = (token: string): boolean => {
    const expiresAtMs = expiryOf(token);
    return expiresAtMs === undefined || expiresAtMs - Date.now() > WORTH_MS;
  };
  return async ({ reason }) => {
    if (session.kind === 'token') return isWorth(session.token) ? session.token : null;
    if (reason === 'connect' && kept !== undefined && isWorth(kept)) return kept;
    const answer = await demoSignIn(session.user);
    if (answer === 'unreachable') throw new Error('the server cannot be reached');
    kept = answer.token;
    return kept ?? null;
  };
}
