import { duration } from './duration.ts';
import { choice, flag, integer, list, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';
import { workerCount } from './worker-count.ts';

export const SERVER_SETTINGS = {
  port: optional({
    env: 'PORT',
    kind: integer({ min: 0, max: 65_535 }),
    group: 'server',
    description:
      'Port to listen on; 0 takes a free one. Default: 8000, of a websocket process 8001, of a worker 8002.',
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
      'What this process is: api (then API_TYPE decides), or the name of an application kind: websocket, worker.',
  }),
  apiType: setting({
    env: 'API_TYPE',
    kind: text,
    default: 'combined',
    group: 'server',
    description:
      'With SERVICE_ROLE=api: the application kind; combined serves HTTP and WebSocket in one process, http and websocket one of both.',
  }),
  workers: setting({
    env: 'WORKERS',
    kind: workerCount,
    default: 1,
    group: 'server',
    description:
      'Threads that share the port, each with connections of its own; auto: as many as there are cores. Linux.',
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
      'Browser origins that may connect or call the API, exact (https://app.example.com); * allows all. Empty: the same host only. A list is complete: the server’s own address belongs in it where its pages are used.',
  }),
  trustProxy: setting({
    env: 'TRUST_PROXY',
    kind: flag,
    default: false,
    group: 'server',
    description:
      'Take the client’s address from X-Forwarded-For and its scheme from X-Forwarded-Proto: only behind a proxy that sets them.',
  }),
  drainTimeout: setting({
    env: 'DRAIN_TIMEOUT',
    kind: duration({ min: '0s', max: '10m' }),
    default: 20_000,
    group: 'server',
    description: 'On SIGTERM connections are closed in paced batches over at most this time.',
  }),
  drainDelay: setting({
    env: 'DRAIN_DELAY',
    kind: duration({ min: '0s', max: '5m' }),
    default: 0,
    group: 'server',
    description:
      'On SIGTERM /ready is red for this long before anything is closed, so that a load balancer looks elsewhere first.',
  }),
  drainRate: setting({
    env: 'DRAIN_RATE',
    kind: integer({ min: 0, max: 1_000_000 }),
    default: 0,
    group: 'server',
    description:
      'On SIGTERM at most this many connections are closed a second, though it take longer than DRAIN_TIMEOUT; 0: only DRAIN_TIMEOUT decides.',
  }),
  tlsCertPath: optional({
    env: 'TLS_CERT_PATH',
    kind: text,
    group: 'server',
    description:
      'PEM file of the certificate and its chain: the port then speaks https and wss. With TLS_KEY_PATH; both are read again when they change and on SIGHUP.',
  }),
  tlsKeyPath: optional({
    env: 'TLS_KEY_PATH',
    kind: text,
    group: 'server',
    description: 'PEM file of the certificate’s private key.',
  }),
} as const;
