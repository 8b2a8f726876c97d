// Programs that some suites need beside npm packages: from the distribution where we may install,
// else from where they are; what is missing then is said loudly at the end of the run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fetchKafka, hasJava, KAFKA_LIBS, missingJavaPackages } from './kafka.mjs';
import { say } from './workspace.mjs';

const PROGRAMS = [
  {
    name: 'Chromium',
    paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    variable: 'CHROMIUM_PATH',
    packages: ['chromium', 'fonts-noto-cjk'],
    suites: ['e2e/src/browser/**', 'e2e/src/http/docs.test.ts', 'e2e/src/redis/browser.test.ts'],
  },
  {
    name: 'strace',
    paths: ['/usr/bin/strace'],
    packages: ['strace'],
    suites: ['e2e/src/durability/sync-order.test.ts'],
    // Installed is not enough: a sandbox may forbid tracing.
    works: (path) => spawnSync(path, ['-o', '/dev/null', 'true']).status === 0,
  },
  {
    name: 'Redis',
    paths: ['/usr/bin/redis-server', '/usr/local/bin/redis-server'],
    variable: 'REDIS_SERVER_PATH',
    packages: ['redis-server'],
    suites: [
      'packages/server/src/adapters/redis/**',
      'e2e/src/redis/**',
      'e2e/src/queues/redis.test.ts',
      'e2e/src/roles/split.test.ts',
      'e2e/src/roles/faults.test.ts',
      'e2e/src/topology/**',
    ],
  },
  {
    name: 'NATS',
    paths: ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'],
    variable: 'NATS_SERVER_PATH',
    packages: ['nats-server'],
    suites: [
      'packages/server/src/adapters/nats/**',
      'e2e/src/nats/**',
      'e2e/src/queues/nats.test.ts',
      'e2e/src/roles/split-nats.test.ts',
    ],
  },
  {
    name: 'RabbitMQ',
    paths: ['/usr/sbin/rabbitmq-server', '/usr/local/sbin/rabbitmq-server'],
    variable: 'RABBITMQ_SERVER_PATH',
    packages: ['rabbitmq-server'],
    suites: ['e2e/src/queues/rabbitmq.test.ts'],
  },
  {
    name: 'PostgreSQL',
    paths: ['17', '16', '15', '14'].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
    variable: 'POSTGRES_PATH',
    packages: ['postgresql'],
    suites: [
      'packages/server/src/adapters/store-sql/postgres/postgres-store.test.ts',
      'packages/testkit/src/servers/postgres-server.test.ts',
      'e2e/src/postgres/**',
      'e2e/src/queues/outbox.test.ts',
      'e2e/src/roles/split.test.ts',
      'e2e/src/roles/split-nats.test.ts',
      'e2e/src/roles/faults.test.ts',
      'e2e/src/topology/**',
    ],
  },
  {
    name: 'nginx',
    paths: ['/usr/sbin/nginx', '/usr/local/sbin/nginx'],
    variable: 'NGINX_PATH',
    packages: ['nginx'],
    suites: ['e2e/src/nginx/**'],
  },
  {
    name: 'Kafka (its jars from Maven Central; needs Java 17 and mvn)',
    paths: [KAFKA_LIBS],
    variable: 'KAFKA_LIBS_PATH',
    get packages() {
      return missingJavaPackages();
    },
    fetch: fetchKafka,
    suites: ['e2e/src/queues/kafka.test.ts'],
    works: hasJava,
  },
];

/** What could not be run (for people), and the test files to leave out for it. */
export function installPrograms() {
  const missing = PROGRAMS.filter((program) => pathOf(program) === undefined);
  const packages = missing.flatMap((program) => program.packages);
  if (packages.length > 0) install(packages);
  for (const program of missing) program.fetch?.();
  const notRun = [];
  const excluded = [];
  for (const program of PROGRAMS) {
    const path = pathOf(program);
    if (path === undefined || program.works?.(path) === false) {
      const hint = program.variable === undefined ? '' : ` or set ${program.variable}`;
      const what = path === undefined ? 'not found; install it' : 'not permitted here';
      notRun.push(`${program.suites.join(', ')}: ${program.name} ${what}${hint}`);
      excluded.push(...program.suites);
    } else if (program.variable !== undefined) {
      process.env[program.variable] = path;
    }
  }
  return { notRun, excluded };
}

const pathOf = ({ variable, paths }) =>
  (variable === undefined ? undefined : process.env[variable]) ?? paths.find(existsSync);

function install(packages) {
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '-n'];
  const mayInstall =
    existsSync('/usr/bin/apt-get') && (isRoot || spawnSync('sudo', ['-n', 'true']).status === 0);
  if (!mayInstall) return;
  say(`Installing ${packages.join(', ')} for the tests …`);
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const [command, ...rest] = [...sudo, 'apt-get', ...args];
    spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
