/**
 * A real Kafka broker for one test file: one node that is its own controller (KRaft), free ports,
 * temporary data. Run from the jars that scripts/programs.mjs has Maven fetch (KAFKA_LIBS_PATH).
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const READY = /Kafka Server started/u;
const START_TIMEOUT_MS = 60_000;
const CLUSTER = 'carillonAAAAAAAAAAAAAA';
/** Small and quick to start; tests send little. */
const JAVA = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

export interface KafkaServer {
  /** `127.0.0.1:<port>`. */
  readonly broker: string;
  /** Wants a log-in: PLAIN, user `carillon`, password `open sesame`. */
  readonly loginBroker: string;
  /** Everything the server has printed so far. */
  output(): string;
  /** Ends the process at once and begins it again, with its data. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export async function startKafka(): Promise<KafkaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-kafka-'));
  const [port = 0, controllerPort = 0, loginPort = 0] = await freePorts(3);
  const config = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.properties');
  await writeFile(config, propertiesOf(folder, { port, controllerPort, loginPort }));
  await writeFile(logging, LOGGING);
  const java = [...JAVA, `-Dlog4j2.configurationFile=${logging}`, '-cp', join(libsPath(), '*')];
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', config]);
  let printed = '';
  let server: ChildProcess | undefined;
  const killAtExit = (): void => void server?.kill('SIGKILL');
  process.once('exit', killAtExit);

  const start = async (): Promise<void> => {
    const from = printed.length;
    const child = spawn('java', [...java, 'kafka.Kafka', config], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = child;
    const take = (text: string): void => {
      printed += text;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    await untilReady(child, () => printed.slice(from));
  };

  const kill = async (): Promise<void> => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };

  await start();
  return {
    broker: `127.0.0.1:${port}`,
    loginBroker: `127.0.0.1:${loginPort}`,
    output: () => printed,
    restart: async () => {
      await kill();
      await start();
    },
    stop: async () => {
      process.off('exit', killAtExit);
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const libsPath = (): string =>
  process.env['KAFKA_LIBS_PATH'] ?? join(homedir(), '.cache', 'carillon', 'kafka-4.1.0');

const LOGGING = `
rootLogger.level = info
rootLogger.appenderRefs = out
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %p %m (%c)%n
`;

interface Ports {
  readonly port: number;
  readonly controllerPort: number;
  readonly loginPort: number;
}

const LOGIN =
  'org.apache.kafka.common.security.plain.PlainLoginModule required user_carillon="open sesame";';

const propertiesOf = (folder: string, { port, controllerPort, loginPort }: Ports): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${loginPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${loginPort}`,
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': LOGIN,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'num.partitions': 2,
    // Members that die are noticed within a test.
    'group.min.session.timeout.ms': 500,
    'broker.session.timeout.ms': 1000,
    'broker.heartbeat.interval.ms': 200,
    // A group of one need not wait for others.
    'group.initial.rebalance.delay.ms': 0,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

function untilReady(child: ChildProcess, printed: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.stdout?.off('data', look);
      child.off('exit', fail);
      settle();
    };
    const look = (): void => {
      if (READY.test(printed())) finish(resolve);
    };
    const fail = (): void => finish(() => reject(new Error(`Kafka ended:\n${printed()}`)));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish(() => reject(new Error(`Kafka did not start in time:\n${printed()}`)));
    }, START_TIMEOUT_MS);
    child.stdout?.on('data', look);
    child.once('exit', fail);
  });
}

async function freePorts(count: number): Promise<readonly number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    probes.map(async (probe) => {
      probe.listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const address = probe.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
  for (const probe of probes) {
    probe.close();
    await once(probe, 'close');
  }
  return ports;
}
