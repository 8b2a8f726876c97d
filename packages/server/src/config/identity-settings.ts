import { duration } from './duration.ts';
import { flag, list, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

export const IDENTITY_SETTINGS = {
  jwtSecret: optional({
    env: 'JWT_SECRET',
    kind: text,
    group: 'identity',
    isSecret: true,
    description: 'Secret of HS256/384/512 tokens, at least 32 bytes.',
  }),
  jwtPublicKey: optional({
    env: 'JWT_PUBLIC_KEY',
    kind: text,
    group: 'identity',
    description: 'Public key of RS/ES/EdDSA tokens: PEM text, or the path of a PEM file.',
  }),
  jwksUrl: optional({
    env: 'JWKS_URL',
    kind: text,
    group: 'identity',
    description: 'URL of a JSON Web Key Set (https, or http on loopback).',
  }),
  jwtAudience: optional({
    env: 'JWT_AUDIENCE',
    kind: text,
    group: 'identity',
    description: 'Required aud claim.',
  }),
  jwtIssuer: optional({
    env: 'JWT_ISSUER',
    kind: text,
    group: 'identity',
    description: 'Required iss claim.',
  }),
  apiKeys: setting({
    env: 'API_KEY',
    kind: list,
    default: [],
    group: 'identity',
    isSecret: true,
    description: 'Keys that backends send as X-API-Key; several are separated by commas.',
  }),
  adminPassword: optional({
    env: 'ADMIN_PASSWORD',
    kind: text,
    group: 'identity',
    isSecret: true,
    description:
      'Password of the operator, at least 12 characters: for the log-in form of /console, and HTTP Basic (any user name) where an API key is asked for. Unset: none.',
  }),
  allowAnonymous: setting({
    env: 'ALLOW_ANONYMOUS',
    kind: flag,
    default: false,
    group: 'identity',
    description:
      'Open /ws and /ws/chat* without a token wherever the server listens. In development on loopback they are open anyway.',
  }),
  insecure: setting({
    env: 'INSECURE',
    kind: flag,
    default: false,
    group: 'identity',
    description:
      'Anonymous clients may do everything: for trying out and test suites; refused in production.',
  }),
  ticketTtl: setting({
    env: 'TICKET_TTL',
    kind: duration({ min: '1s', max: '60s' }),
    default: 30_000,
    group: 'identity',
    description: 'Life of a single-use connection ticket.',
  }),
  expiredGrace: setting({
    env: 'TOKEN_EXPIRED_GRACE',
    kind: duration({ min: '0s', max: '10m' }),
    default: 25_000,
    group: 'identity',
    description: 'How long after its token ran out a connection may still refresh it.',
  }),
} as const;
