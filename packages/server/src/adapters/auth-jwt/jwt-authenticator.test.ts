import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT, exportJWK, importPKCS8 } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { type JwtAuthenticatorOptions, createJwtAuthenticator } from './jwt-authenticator.ts';
import { createTokenSigner } from './token-signer.ts';

const NOW = Date.UTC(2026, 10, 20);
const seconds = Math.floor(NOW / 1000);
const SECRET = 'correct horse battery staple, 32+';
const OTHER_SECRET = 'another secret that is long enough';

class ManualClock implements Clock {
  ms = 0;
  now = () => NOW + this.ms;
  monotonic = () => this.ms;
  after = () => () => undefined;
  defer = () => undefined;
}

const logged: string[] = [];
const note = (fields: object, message: string) => {
  logged.push(
    JSON.stringify(fields, (_key, value: unknown) =>
      value instanceof Error ? value.stack : value,
    ) + message,
  );
};
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };

const authenticator = (options: Partial<JwtAuthenticatorOptions>): Authenticator =>
  createJwtAuthenticator({ clock: new ManualClock(), logger, ...options });

const codeOf = async (auth: Authenticator, token: string): Promise<string> => {
  const outcome = await auth.verifyConnection(token);
  return outcome.ok ? `user ${outcome.value.user}` : outcome.error;
};

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const CLAIMS = { sub: 'alice', exp: seconds + 600 };

/** A token signed by hand, so that anything can stand in it. */
const hmacToken = (
  header: object,
  payload: unknown = CLAIMS,
  { key = SECRET, digest = 'sha256' }: { key?: string | Buffer; digest?: string } = {},
): string => {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${createHmac(digest, key).update(signed).digest('base64url')}`;
};

const pair = (type: 'rsa' | 'ec' | 'ed25519', modulusLength = 2048) => {
  const keys =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  return {
    publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};

const rsa = pair('rsa');
const otherRsa = pair('rsa');
const ec = pair('ec');
const ed = pair('ed25519');

type Signing = Readonly<Record<string, unknown>> & { readonly claims?: object };

const signedBy = async (pem: string, alg: string, { claims = CLAIMS, ...header }: Signing = {}) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg, ...header })
    .sign(await importPKCS8(pem, alg));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Serves whatever `answer` says, and counts who asked. */
const serve = async (answer: () => { status: number; body: unknown }) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, body } = answer();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`, asked };
};

const jwkOf = async (pem: string, alg: string, kid: string) => {
  const key = createPublicKey(pem).toCryptoKey(
    alg === 'ES256'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    true,
    ['verify'],
  );
  return { ...(await exportJWK(key)), alg, kid, use: 'sig' };
};

describe('good tokens', () => {
  it.each([
    ['HS256', 'sha256'],
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ])('%s by the secret', async (alg, digest) => {
    const auth = authenticator({ secret: SECRET });
    expect(await codeOf(auth, hmacToken({ alg }, CLAIMS, { digest }))).toBe('user alice');
  });

  it.each([
    ['RS256', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['ES256', ec],
    ['EdDSA', ed],
    ['Ed25519', ed],
  ])('%s by the public key', async (alg, keys) => {
    const auth = authenticator({ publicKey: keys.publicKey });
    expect(await codeOf(auth, await signedBy(keys.privateKey, alg))).toBe('user alice');
  });

  it('a secret and a public key stand side by side, each for its own', async () => {
    const auth = authenticator({ secret: SECRET, publicKey: rsa.publicKey });
    expect(await codeOf(auth, hmacToken({ alg: 'HS256' }))).toBe('user alice');
    expect(await codeOf(auth, await signedBy(rsa.privateKey, 'RS256'))).toBe('user alice');
  });

  it('claims become an identity', async () => {
    const auth = authenticator({ secret: SECRET, audience: 'app', issuer: 'me' });
    const claims = {
      ...CLAIMS,
      aud: ['other', 'app'],
      iss: 'me',
      info: { name: 'Älice' },
      channels: ['news:all'],
      admin: true,
    };
    expect(await auth.verifyConnection(hmacToken({ alg: 'HS256' }, claims))).toEqual({
      ok: true,
      value: {
        user: 'alice',
        expiresAt: CLAIMS.exp,
        info: '{"name":"Älice"}',
        channels: ['news:all'],
        isAdmin: true,
      },
    });
  });

  it('what the signer makes, the authenticator takes', async () => {
    const clock = new ManualClock();
    const signer = createTokenSigner({ secret: SECRET, audience: 'a', issuer: 'i', clock });
    const auth = authenticator({ secret: SECRET, audience: 'a', issuer: 'i', clock });
    const token = await signer.connectionToken({ user: 'bob', info: { x: 1 }, isAdmin: true });
    expect(await auth.verifyConnection(token)).toEqual({
      ok: true,
      value: { user: 'bob', expiresAt: seconds + 3600, info: '{"x":1}', isAdmin: true },
    });
    const endless = await signer.connectionToken({ user: 'bob', lifetimeSeconds: 0 });
    expect(await auth.verifyConnection(endless)).toEqual({ ok: true, value: { user: 'bob' } });
    const grant = await signer.subscriptionToken({ user: 'bob', channel: 'vip:1', info: [1] });
    expect(await auth.verifySubscription(grant)).toEqual({
      ok: true,
      value: { user: 'bob', channel: 'vip:1', expiresAt: seconds + 3600, info: '[1]' },
    });
  });

  it('a token seen before is known until it ends, not longer', async () => {
    const clock = new ManualClock();
    const auth = authenticator({ secret: SECRET, clock });
    const token = hmacToken({ alg: 'HS256' }, { sub: 'alice', exp: seconds + 30 });
    expect(await codeOf(auth, token)).toBe('user alice');
    expect(await codeOf(auth, token)).toBe('user alice');
    clock.ms = 30_000;
    expect(await codeOf(auth, token)).toBe('token_expired');
  });

  it('admin is true only when the claim is true', async () => {
    const auth = authenticator({ secret: SECRET });
    for (const admin of ['true', 1, {}]) {
      const outcome = await auth.verifyConnection(
        hmacToken({ alg: 'HS256' }, { ...CLAIMS, admin }),
      );
      expect(outcome.ok && outcome.value.isAdmin).toBeFalsy();
    }
  });
});

describe('time', () => {
  const auth = authenticator({ secret: SECRET });
  const token = (claims: object) => hmacToken({ alg: 'HS256' }, { sub: 'alice', ...claims });

  it('the end is the end', async () => {
    expect(await codeOf(auth, token({ exp: seconds + 1 }))).toBe('user alice');
    expect(await codeOf(auth, token({ exp: seconds }))).toBe('token_expired');
    expect(await codeOf(auth, token({ exp: seconds - 3600 }))).toBe('token_expired');
  });

  it('an expired forgery is a forgery', async () => {
    const forged = hmacToken({ alg: 'HS256' }, { sub: 'a', exp: 1 }, { key: OTHER_SECRET });
    expect(await codeOf(auth, forged)).toBe('unauthorized');
  });

  it('a little early is forgiven', async () => {
    expect(await codeOf(auth, token({ nbf: seconds + 4 }))).toBe('user alice');
    expect(await codeOf(auth, token({ nbf: seconds + 60 }))).toBe('unauthorized');
  });
});

describe('forgeries', () => {
  const publicPem = rsa.publicKey;
  const rsBody = `${part({ alg: 'RS256' })}.${part(CLAIMS)}`;
  const headersWithSecret = (header: object) =>
    hmacToken({ alg: 'HS256', ...header }, CLAIMS, { key: OTHER_SECRET });

  const forgeries: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['alg none', () => new UnsecuredJWT(CLAIMS).encode()],
    ['alg None with a signature', () => hmacToken({ alg: 'None' })],
    ['alg nOnE without a signature', () => `${part({ alg: 'nOnE' })}.${part(CLAIMS)}.`],
    ['alg none with an empty third part', () => `${part({ alg: 'none' })}.${part(CLAIMS)}.`],
    ['no alg', () => hmacToken({ typ: 'JWT' })],
    ['alg that is a number', () => hmacToken({ alg: 256 })],
    ['alg that is a list', () => hmacToken({ alg: ['HS256'] })],
    ['alg in lower case', () => hmacToken({ alg: 'hs256' })],
    ['another secret', () => hmacToken({ alg: 'HS256' }, CLAIMS, { key: OTHER_SECRET })],
    ['the empty secret', () => hmacToken({ alg: 'HS256' }, CLAIMS, { key: '' })],
    [
      'HS256 header over an HS512 signature',
      () => hmacToken({ alg: 'HS256' }, CLAIMS, { digest: 'sha512' }),
    ],
    ['a public key as HMAC secret', () => hmacToken({ alg: 'HS256' }, CLAIMS, { key: publicPem })],
    [
      'a public key without its end of line',
      () => hmacToken({ alg: 'HS256' }, CLAIMS, { key: publicPem.trim() }),
    ],
    [
      'a public key in DER as HMAC secret',
      () =>
        hmacToken({ alg: 'HS256' }, CLAIMS, {
          key: Buffer.from(publicPem.split('\n').slice(1, -2).join(''), 'base64'),
        }),
    ],
    ['RS256 by another key', () => signedBy(otherRsa.privateKey, 'RS256')],
    [
      'RS256 by another key under the right kid',
      () => signedBy(otherRsa.privateKey, 'RS256', { kid: 'k1' }),
    ],
    ['ES256 where the key is RSA', () => signedBy(ec.privateKey, 'ES256', { kid: 'k1' })],
    [
      'ES256 with r = s = 0',
      () => `${part({ alg: 'ES256' })}.${part(CLAIMS)}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    [
      'EdDSA with an all-zero signature',
      () => `${part({ alg: 'EdDSA' })}.${part(CLAIMS)}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    [
      'RS256 with SHA-1 inside',
      () =>
        `${rsBody}.${sign('sha1', Buffer.from(rsBody), createPrivateKey(rsa.privateKey)).toString('base64url')}`,
    ],
    [
      'a jwk header with its own key',
      async () =>
        signedBy(otherRsa.privateKey, 'RS256', {
          jwk: await jwkOf(otherRsa.publicKey, 'RS256', 'k1'),
        }),
    ],
    ['a kid that is a path', () => headersWithSecret({ kid: '../../../dev/null' })],
    ['a kid that is a query', () => headersWithSecret({ kid: "x' UNION SELECT 'secret" })],
    ['a kid that is __proto__', () => signedBy(otherRsa.privateKey, 'RS256', { kid: '__proto__' })],
    ['an unknown crit extension', () => hmacToken({ alg: 'HS256', crit: ['b65'], b65: true })],
    ['an unencoded payload', () => hmacToken({ alg: 'HS256', crit: ['b64'], b64: false })],
    [
      'a changed payload',
      () => {
        const [header, , signature] = hmacToken({ alg: 'HS256' }).split('.');
        return `${header}.${part({ ...CLAIMS, sub: 'admin' })}.${signature}`;
      },
    ],
    ['a shortened signature', () => hmacToken({ alg: 'HS256' }).slice(0, -8)],
    // 32 bytes leave two bits over in their last digit.
    [
      'another spelling of the signature',
      () => {
        const token = hmacToken({ alg: 'HS256' });
        const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        return token.slice(0, -1) + (digits[digits.indexOf(token.at(-1) ?? '') + 1] ?? '');
      },
    ],
    ['an unencoded payload without saying so', () => hmacToken({ alg: 'HS256', b64: false })],
    ['a header that is a list', () => hmacToken(['HS256'])],
    ['an nbf that is a text', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, nbf: '0' })],
    ['an iat that is a text', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, iat: 'now' })],
    [
      'an exp that JSON makes infinite',
      () => hmacToken({ alg: 'HS256' }, '{"sub":"a","exp":1e999}'),
    ],
    ['a payload that is a list', () => hmacToken({ alg: 'HS256' }, ['alice'])],
    ['no signature', () => hmacToken({ alg: 'HS256' }).split('.').slice(0, 2).join('.')],
    ['five parts, like an encrypted token', () => `${hmacToken({ alg: 'HS256' })}.a.b`],
    ['a payload that is no object', () => hmacToken({ alg: 'HS256' }, '"alice"')],
    ['a payload that is no JSON', () => hmacToken({ alg: 'HS256' }, 'alice')],
    ['no sub', () => hmacToken({ alg: 'HS256' }, { exp: CLAIMS.exp })],
    ['an empty sub', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, sub: '' })],
    [
      'a sub of 129 characters',
      () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, sub: 'x'.repeat(129) }),
    ],
    ['a sub that is a number', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, sub: 1 })],
    ['a sub with a line break', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, sub: 'a\nb' })],
    ['an exp that is a text', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, exp: '9999999999' })],
    ['the wrong audience', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, aud: 'other' })],
    ['the wrong issuer', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, aud: 'app', iss: 'evil' })],
    [
      'a subscription token',
      () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, aud: 'app', iss: 'me', channel: 'c' }),
    ],
    ['64 KB', () => hmacToken({ alg: 'HS256' }, { ...CLAIMS, pad: 'x'.repeat(65_536) })],
    ['64 KB of dots', () => '.'.repeat(65_536)],
    ['a space around it', () => ` ${hmacToken({ alg: 'HS256' })}`],
    ['a line break in it', () => hmacToken({ alg: 'HS256' }).replace('.', '.\n')],
    ['nothing', () => ''],
    ['binary', () => '\u0000\u00ff.\ud800.\u0000'],
  ];

  const keys: readonly Partial<JwtAuthenticatorOptions>[] = [
    { secret: SECRET },
    { publicKey: publicPem },
    { secret: SECRET, publicKey: publicPem },
    {},
  ];

  it.each(forgeries)('%s', async (name, forge) => {
    const token = await forge();
    // Where nobody asks for an audience or issuer, a wrong one is no forgery.
    const areClaimsChecked = name.endsWith('audience') || name.endsWith('issuer');
    for (const options of keys) {
      const strict = authenticator({ ...options, audience: 'app', issuer: 'me' });
      expect(await codeOf(strict, token)).toBe('unauthorized');
      if (areClaimsChecked) continue;
      expect(await codeOf(authenticator(options), token)).toBe('unauthorized');
    }
  });

  it('none makes the server ask an address that the token names', async () => {
    const evil = await serve(() => ({ status: 200, body: { keys: [] } }));
    const jwks = await serve(() => ({ status: 200, body: { keys: [] } }));
    const auth = authenticator({ secret: SECRET, jwksUrl: jwks.url });
    for (const header of [
      { jku: evil.url },
      { x5u: evil.url },
      { jku: evil.url, kid: evil.url },
      { kid: evil.url },
    ]) {
      const rs = await signedBy(otherRsa.privateKey, 'RS256', {
        ...header,
        claims: { ...CLAIMS, iss: evil.url },
      });
      expect(await codeOf(auth, rs)).toBe('unauthorized');
      expect(await codeOf(auth, headersWithSecret(header))).toBe('unauthorized');
    }
    expect(evil.asked).toEqual([]);
    expect(jwks.asked).toEqual(['/keys']);
  });

  it('nothing of a token stands in the log', async () => {
    const before = logged.length;
    const token = await signedBy(otherRsa.privateKey, 'RS256', { kid: 'canary-kid' });
    await codeOf(authenticator({ publicKey: publicPem }), token);
    await codeOf(authenticator({ secret: SECRET }), `${token}canary`);
    const text = logged.slice(before).join('\n');
    for (const secret of [...token.split('.'), SECRET, 'canary'])
      expect(text).not.toContain(secret);
  });
});

describe('subscription tokens', () => {
  const auth = authenticator({ secret: SECRET });
  const errorOf = async (claims: object): Promise<string> => {
    const outcome = await auth.verifySubscription(hmacToken({ alg: 'HS256' }, claims));
    return outcome.ok ? 'ok' : outcome.error;
  };

  it('name one channel', async () => {
    expect(await errorOf({ ...CLAIMS, channel: 'a' })).toBe('ok');
    expect(await errorOf(CLAIMS)).toBe('unauthorized');
    expect(await errorOf({ ...CLAIMS, channel: '' })).toBe('unauthorized');
    expect(await errorOf({ ...CLAIMS, channel: ['a'] })).toBe('unauthorized');
    expect(await errorOf({ ...CLAIMS, channel: 'a', exp: seconds - 1 })).toBe('token_expired');
  });
});

describe('key sets', () => {
  it('are fetched once, and again for a key that was added, not for every unknown one', async () => {
    const keys = [await jwkOf(rsa.publicKey, 'RS256', 'k1')];
    const jwks = await serve(() => ({ status: 200, body: { keys } }));
    const auth = authenticator({ jwksUrl: jwks.url });
    const good = await signedBy(rsa.privateKey, 'RS256', { kid: 'k1' });
    expect(await codeOf(auth, good)).toBe('user alice');
    for (let index = 0; index < 50; index += 1) {
      const unknown = await signedBy(otherRsa.privateKey, 'RS256', { kid: `unknown-${index}` });
      expect(await codeOf(auth, unknown)).toBe('unauthorized');
    }
    expect(jwks.asked).toHaveLength(1);
  });

  it('a key is used with its own algorithm only', async () => {
    const keys = [await jwkOf(ec.publicKey, 'ES256', 'k1')];
    const jwks = await serve(() => ({ status: 200, body: { keys } }));
    const auth = authenticator({ jwksUrl: jwks.url });
    expect(await codeOf(auth, await signedBy(ec.privateKey, 'ES256', { kid: 'k1' }))).toBe(
      'user alice',
    );
    expect(await codeOf(auth, await signedBy(rsa.privateKey, 'RS256', { kid: 'k1' }))).toBe(
      'unauthorized',
    );
    expect(await codeOf(auth, hmacToken({ alg: 'HS256', kid: 'k1' }))).toBe('unauthorized');
  });

  it('that cannot be fetched are a fault of ours, and asked for again only after a pause', async () => {
    const clock = new ManualClock();
    let status = 500;
    const keys = [await jwkOf(rsa.publicKey, 'RS256', 'k1')];
    const jwks = await serve(() => ({ status, body: { keys } }));
    const auth = authenticator({ jwksUrl: jwks.url, clock });
    const token = await signedBy(rsa.privateKey, 'RS256', { kid: 'k1' });
    for (let index = 0; index < 20; index += 1) expect(await codeOf(auth, token)).toBe('internal');
    expect(jwks.asked).toHaveLength(1);
    status = 200;
    clock.ms = 1000;
    expect(await codeOf(auth, token)).toBe('user alice');
  });

  it('redirects are not followed', async () => {
    const evil = await serve(() => ({ status: 200, body: { keys: [] } }));
    const server = createServer((_request, response) => {
      response.writeHead(302, { location: evil.url }).end();
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const auth = authenticator({ jwksUrl: `http://127.0.0.1:${port}/` });
    expect(await codeOf(auth, await signedBy(rsa.privateKey, 'RS256'))).toBe('internal');
    expect(evil.asked).toEqual([]);
  });
});

describe('settings that cannot work', () => {
  const small = pair('rsa', 1024).publicKey;

  it.each([
    ['JWT_PUBLIC_KEY is not', { publicKey: 'nonsense' }],
    ['too few', { publicKey: small }],
    ['must be https', { jwksUrl: 'http://keys.example.com/jwks' }],
    ['must be https', { jwksUrl: 'file:///etc/passwd' }],
    ['is not a URL', { jwksUrl: 'keys' }],
    ['JWT_SECRET is empty', { secret: '' }],
    ['exclude each other', { publicKey: rsa.publicKey, jwksUrl: 'https://keys.example.com' }],
  ])('stop the start: %s', (message, options) => {
    expect(() => authenticator(options)).toThrow(message);
  });
});
