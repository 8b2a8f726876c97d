/**
 * `carillon serve` as a process of its own, as operators run it, with `workers` threads. This
 * process only publishes by the timetable, over the server API, and says what the server used.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { channelOf } from '../load/dialects.ts';
import type { BenchServer, ServerOptions } from './calls.ts';
import { hostServer } from './host.ts';

const API_KEY = 'bench-api-key';
const UNLIMITED = '1000000/1s';
const READY = /Carillon is ready at (http:\/\/\S+)/;
/** Of /proc: ticks of 10 ms, the same on every Linux that Node runs on. */
const TICK_US = 10_000;

hostServer(async (options): Promise<BenchServer> => {
  const child = start(options);
  process.once('exit', () => child.kill('SIGKILL'));
  const url = await untilReady(child);
  // One connection: what is published first arrives first.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let failures = 0;
  const countFailure = (): void => {
    failures += 1;
  };
  return {
    port: Number(new URL(url).port),
    publish(group, message) {
      const call = request(`${url}/api/publish`, {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
      });
      call.on('error', countFailure);
      call.on('response', (response) => {
        if (response.statusCode !== 200) countFailure();
        response.resume();
      });
      call.end(JSON.stringify({ channel: channelOf(group), data: message }));
    },
    failures: () => failures,
    cpuUs: () => cpuUsOf(child.pid ?? 0),
  };
});

function start({ secret, dataDir, settings = {} }: ServerOptions): ChildProcess {
  const config = join(dataDir, 'bench.json');
  const namespace = { name: 'bench', history: { size: 100, ttl: '300s' }, recover: true };
  writeFileSync(config, JSON.stringify({ ...settings, namespaces: [namespace] }));
  const cli = fileURLToPath(new URL('./cli.ts', import.meta.resolve('@carillon/server')));
  return spawn(process.execPath, [...process.execArgv, cli, 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: dataDir,
      JWT_SECRET: secret,
      API_KEY,
      MAX_CONNECTIONS: '20000',
      MAX_UNAUTHENTICATED: '20000',
      CONNECT_RATE: UNLIMITED,
      CONNECT_RATE_PER_ADDRESS: UNLIMITED,
      HTTP_RATE: UNLIMITED,
    },
  });
}

function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      // Read on to the end: a full pipe would hold the server up.
      if (printed.length < 100_000) printed += chunk.toString();
      const url = READY.exec(printed)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`carillon serve ended with ${code}`)));
  });
}

/** User and system time of all threads. */
function cpuUsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in brackets, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
