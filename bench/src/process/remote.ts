/**
 * A child process and its calls over IPC, seen from the parent: start it (pinned to a CPU where
 * `taskset` exists), ask it things, end it. What a child answers is in servers/calls.ts and load/calls.ts.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

export type CallTable<T> = { readonly [K in keyof T]: (input: never) => Promise<unknown> };

export interface RemoteOptions {
  /** TypeScript entry, relative to bench/src. */
  readonly entry: string;
  readonly cpu?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Directory for a CPU profile that is written when the process ends. */
  readonly profileDir?: string | undefined;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Of util-linux; where it is missing, nothing is pinned and the results say so. */
const PIN_COMMAND = 'taskset';

export const canPin = cpus().length > 1 && spawnSync(PIN_COMMAND, ['-c', '0', 'true']).status === 0;

export class RemoteProcess<T extends CallTable<T>> {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #exit: Promise<void>;
  #lastId = 0;

  constructor(options: RemoteOptions) {
    this.#child = start(options);
    this.#child.on('message', (answer: Answer) => this.#settle(answer));
    this.#exit = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#fail(new Error(`${options.entry} ended early (code ${code}, signal ${signal})`));
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  call<K extends keyof T & string>(
    name: K,
    ...input: Parameters<T[K]>
  ): Promise<Awaited<ReturnType<T[K]>>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      // The answer is what the child's table of the same type returned.
      const accept = resolve as (value: unknown) => void;
      this.#pending.set(id, { resolve: accept, reject });
      this.#child.send({ id, name, input: input[0] });
    });
  }

  /** Disconnecting is the signal to end: the child exits by itself, so that profiles get written. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exit;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.error === undefined) pending?.resolve(answer.value);
    else pending?.reject(new Error(answer.error));
  }

  #fail(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function start(options: RemoteOptions): ChildProcess {
  const entry = fileURLToPath(new URL(`../${options.entry}`, import.meta.url));
  const profile =
    options.profileDir === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`, '--cpu-prof-interval=500'];
  const node = [process.execPath, ...process.execArgv, '--expose-gc', ...profile, entry];
  const pin = options.cpu !== undefined && canPin ? [PIN_COMMAND, '-c', String(options.cpu)] : [];
  const [command = process.execPath, ...args] = [...pin, ...node];
  return spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...options.env },
  });
}
