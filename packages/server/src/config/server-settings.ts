import { duration } from './duration.ts';
import { choice, flag, integer, list, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

export const SERVER_SETTINGS = {
  port: setting({
    env: 'PORT',
    kind: integer({ min: 0, max: 65_535 }),
    default: 8000,
    group: 'server',
    description: 'Port of HTTP and WebSocket; 0 takes a free one.',
  }),
  host: optional({
    env: 'HOST',
    kind: text,
    group: 'server',
    description: 'Address to listen on. Default: 127.0.0.1, in production 0.0.0.0.',
  }),
  serviceRole: setting({
    env: 'SERVICE_ROLE',
    kind: text,
    default: 'api',
    group: 'server',
    description:
      'What this process is: api (then API_TYPE decides), or the name of a registered application kind.',
  }),
  apiType: setting({
    env: 'API_TYPE',
    kind: text,
    default: 'combined',
    group: 'server',
    description:
      'With SERVICE_ROLE=api: the application kind; combined serves HTTP and WebSocket in one process.',
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    kind: choice(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    group: 'server',
    description: 'Least level that is logged.',
  }),
  allowedOrigins: setting({
    env: 'ALLOWED_ORIGINS',
    kind: list,
    default: [],
    group: 'server',
    description:
      'Browser origins that may connect or call the API, exact (https://app.example.com); * allows all. Empty: the same host only.',
  }),
  trustProxy: setting({
    env: 'TRUST_PROXY',
    kind: flag,
    default: false,
    group: 'server',
    description: 'Take the client address from X-Forwarded-For: only behind a proxy that sets it.',
  }),
  drainTimeout: setting({
    env: 'DRAIN_TIMEOUT',
    kind: duration({ min: '0s', max: '10m' }),
    default: 20_000,
    group: 'server',
    description: 'On SIGTERM connections are closed in paced batches over at most this time.',
  }),
} as const;
