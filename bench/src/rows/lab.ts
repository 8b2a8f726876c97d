/**
 * One server under test and one load generator, each a process of its own on a CPU of its own;
 * and the rules by which a run counts or is void.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RemoteProcess } from '../process/remote.ts';
import type { GeneratorCalls, GeneratorVitals } from '../load/calls.ts';
import type { System } from '../load/dialects.ts';
import type { ServerCalls, ServerOptions } from '../servers/calls.ts';

const SERVER_CPU = 0;
const GENERATOR_CPU = 1;
/** Above this the generator may be what is measured. */
const MOST_GENERATOR_CPU = 0.8;
const MOST_VOID_RUNS = 3;

export interface LabOptions {
  readonly system: System;
  /** False: both processes may use all CPUs. */
  readonly isPinned?: boolean;
  readonly profileDir?: string | undefined;
  /** File in servers/ that runs the system. @default the system's name */
  readonly entry?: string;
  readonly settings?: ServerOptions['settings'];
}

export interface Lab {
  readonly server: RemoteProcess<ServerCalls>;
  readonly generator: RemoteProcess<GeneratorCalls>;
  readonly port: number;
  readonly secret: string;
  /** What the server keeps; removed afterwards. */
  readonly dataDir: string;
}

export async function withLab<T>(
  options: LabOptions,
  measure: (lab: Lab) => Promise<T>,
): Promise<T> {
  const isPinned = options.isPinned ?? true;
  const dataDir = createDataDir();
  const server = new RemoteProcess<ServerCalls>({
    entry: `servers/${options.entry ?? options.system}.ts`,
    cpu: isPinned ? SERVER_CPU : undefined,
    profileDir: options.profileDir,
  });
  const generator = new RemoteProcess<GeneratorCalls>({
    entry: 'load/generator.ts',
    cpu: isPinned ? GENERATOR_CPU : undefined,
  });
  try {
    const secret = randomBytes(32).toString('base64url');
    const { port } = await server.call('start', {
      secret,
      dataDir,
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    });
    return await measure({ server, generator, port, secret, dataDir });
  } finally {
    await Promise.all([generator.stop(), server.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Beside the results and not in the system's temporary directory, which may be memory. */
function createDataDir(): string {
  const name = `../../results/${randomBytes(6).toString('hex')}.tmp`;
  const path = fileURLToPath(new URL(name, import.meta.url));
  mkdirSync(path, { recursive: true });
  return path;
}

/** A run that must not count: the message says why. */
export class VoidRun extends Error {
  override readonly name = 'VoidRun';
}

export function checkGenerator(vitals: GeneratorVitals): void {
  if (vitals.cpuShare <= MOST_GENERATOR_CPU) return;
  const share = Math.round(vitals.cpuShare * 100);
  throw new VoidRun(`the generator used ${share} % of its CPU`);
}

export function checkFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new VoidRun(faults.join('; '));
}

/** Repeats a void run a few times; says so each time. */
export async function untilValid<T>(what: string, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof VoidRun) || attempt === MOST_VOID_RUNS) throw error;
      console.error(`  void: ${what}: ${error.message}`);
    }
  }
}
