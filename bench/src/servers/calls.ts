/** What the parent may ask of a server under test, and what such a server has to offer. */
import type { LoopDelay } from '../process/vitals.ts';
import type { BenchMessage } from './message.ts';

export interface BenchServer {
  readonly port: number;
  /** The system's ordinary way to reach all members of a group. */
  publish(group: number, message: BenchMessage): void;
  /** Publications that the system refused or failed; any voids the run. */
  failures(): number;
  /** Of the process that serves, where it is not this one. */
  cpuUs?(): number;
}

export interface PublishPlan {
  readonly ticks: number;
  readonly perTick: number;
  readonly intervalMs: number;
  readonly groups: number;
  readonly messageBytes: number;
}

export interface ServerVitals {
  readonly cpuUs: number;
  readonly rssBytes: number;
  readonly failures: number;
}

export interface ServerCalls {
  start(options: ServerOptions): Promise<{ port: number }>;
  /** Publishes by the timetable and resolves when the last tick has been handed over. */
  publish(plan: PublishPlan): Promise<void>;
  vitals(): Promise<ServerVitals>;
  settleMemory(): Promise<ServerVitals>;
  watchLoop(): Promise<void>;
  loopDelay(): Promise<LoopDelay>;
}

export interface ServerOptions {
  /** HS256 secret of the tokens that clients bring. */
  readonly secret: string;
  /** For systems that store: an empty directory on a real disk. */
  readonly dataDir: string;
  /** Carillon's, on top of those of every run. */
  readonly settings?: Readonly<Record<string, string | number>>;
}
