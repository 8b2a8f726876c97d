// Kafka for the tests: its jars by the ordinary Maven client into a cache folder outside the
// repository. Nothing of it is installed on the machine.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const VERSION = '4.1.0';
const LOG4J_VERSION = '2.24.3';
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

export const KAFKA_LIBS = join(CACHE, 'carillon', `kafka-${VERSION}`);

const dependency = (group, artifact, version) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>carillon</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', VERSION)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J_VERSION)}
  </dependencies>
</project>
`;

const isThere = (program, flag) => spawnSync(program, [flag], { stdio: 'ignore' }).status === 0;

/** Kafka 4 wants Java 17. */
export function hasJava() {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return status === 0 && Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= 17;
}

/** From the distribution, where we may install. */
export const missingJavaPackages = () => [
  ...(hasJava() ? [] : ['default-jre-headless']),
  ...(isThere('mvn', '--version') ? [] : ['maven']),
];

/** Fetches the jars if they are not in the cache; whole or not at all. */
export function fetchKafka() {
  if (existsSync(KAFKA_LIBS) || !hasJava()) return;
  const folder = mkdtempSync(join(tmpdir(), 'carillon-kafka-jars-'));
  try {
    writeFileSync(join(folder, 'pom.xml'), POM);
    const { status } = spawnSync(
      'mvn',
      [
        '-B',
        '-q',
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        '-DoutputDirectory=libs',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (status !== 0) return;
    mkdirSync(dirname(KAFKA_LIBS), { recursive: true });
    const part = `${KAFKA_LIBS}.${process.pid}`;
    cpSync(join(folder, 'libs'), part, { recursive: true });
    renameSync(part, KAFKA_LIBS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
