/**
 * One real program that a test runs beside itself: found by a setting or where distributions put
 * it, started until it says that it is ready, ended with the test's own process at the latest.
 * Ports, files and arguments are the launchers' part.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { atExit } from './at-exit.ts';

export interface ProgramOptions {
  readonly path: string;
  readonly args?: readonly string[];
  readonly folder: string;
  /** @default that of the test */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom it runs as. @default the user of the test */
  readonly account?: { readonly uid: number; readonly gid: number };
  /** Signals go to the program and all that it has started. @default false */
  readonly isGroup?: boolean;
  /** What it prints when it serves. */
  readonly ready: RegExp;
  readonly startTimeoutMs: number;
  /** Sent where the test's process ends without having ended it. @default SIGKILL */
  readonly lastSignal?: NodeJS.Signals;
}

/** The path that the setting names, else the first of `paths` that exists. */
export function findProgram(setting: string, paths: readonly string[]): string {
  const given = process.env[setting];
  if (given !== undefined && given !== '') return given;
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`install ${nameOf(paths[0])} or set ${setting}`);
  return found;
}

export class Program {
  readonly #options: ProgramOptions;
  readonly #spare: () => void;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#spare = atExit(() => this.signal(options.lastSignal ?? 'SIGKILL'));
  }

  /** Everything it has printed so far, over all its starts. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when it has said that it is ready; rejects with what it printed. */
  async start(): Promise<void> {
    const { path, args = [], folder, environment, account, isGroup = false, ready } = this.#options;
    const from = this.#output.length;
    const child = spawn(path, args, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: isGroup,
      ...account,
    });
    this.#child = child;
    const take = (text: string): void => {
      this.#output += text;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    await this.untilPrinted(ready, from);
  }

  /** @param from Where in `output` to begin looking. */
  async untilPrinted(what: RegExp, from: number): Promise<void> {
    const child = this.#child;
    if (child === undefined) throw new Error(`${nameOf(this.#options.path)} is not running`);
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        child.stdout?.off('data', look);
        child.stderr?.off('data', look);
        child.off('exit', ended);
        child.off('error', ended);
        settle();
      };
      const look = (): void => {
        if (what.test(this.#output.slice(from))) finish(resolve);
      };
      const fail = (why: string): void => {
        const printed = this.#output.slice(from);
        const message = `${nameOf(this.#options.path)} ${why} before ${what}:\n${printed}`;
        finish(() => reject(new Error(message)));
      };
      const ended = (): void => fail('ended');
      const timer = setTimeout(() => {
        this.signal('SIGKILL');
        fail('took too long');
      }, this.#options.startTimeoutMs);
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('exit', ended);
      child.once('error', ended);
    });
  }

  /** Nothing happens where it does not run. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child !== undefined) this.#send(this.#child, signal);
  }

  /** Any signal, and waits for the exit. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    this.#send(child, signal);
    // One that is held still hears only SIGKILL.
    this.#send(child, 'SIGCONT');
    await exited;
  }

  /** `end` for good. */
  async close(signal: NodeJS.Signals): Promise<void> {
    await this.end(signal);
    this.#spare();
  }

  #send(child: ChildProcess, signal: NodeJS.Signals): void {
    if (this.#options.isGroup !== true) {
      child.kill(signal);
      return;
    }
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }
}

const nameOf = (path: string | undefined): string => basename(path ?? '');
