/**
 * A real Kafka broker for one test file: one node that is its own controller (KRaft), free ports,
 * temporary data. Run from the jars that scripts/programs.mjs has Maven fetch (KAFKA_LIBS_PATH).
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-port.ts';
import { Program } from './program.ts';

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
  const server = new Program({
    path: 'java',
    args: [...java, 'kafka.Kafka', config],
    folder,
    ready: READY,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  await server.start();
  return {
    broker: `127.0.0.1:${port}`,
    loginBroker: `127.0.0.1:${loginPort}`,
    output: () => server.output,
    restart: async () => {
      await server.end('SIGKILL');
      await server.start();
    },
    stop: async () => {
      await server.close('SIGKILL');
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
