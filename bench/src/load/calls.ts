/** What the parent may ask of a load generator. */
import type { LoopDelay } from '../process/vitals.ts';
import type { System } from './dialects.ts';

export interface AudiencePlan {
  readonly system: System;
  readonly port: number;
  readonly secret: string;
  readonly connections: number;
  /** Connection i joins group i modulo this. */
  readonly groups: number;
  /** Every so manieth connection decodes all it gets; 0: none. */
  readonly sampleEvery: number;
  /** A further node: the second half of the connections goes there. */
  readonly otherPort?: number;
}

export interface GeneratorVitals {
  /** Share of its one core, 0–1. */
  readonly cpuShare: number;
  readonly loop: LoopDelay;
}

export interface Collected {
  readonly expected: number;
  readonly received: number;
  /** Subscribers with too few or too many, and everything else that voids a run. */
  readonly faults: readonly string[];
  /** Of the samplers' messages from their intended time, HdrHistogram in µs, encoded. */
  readonly latency: string;
  readonly generator: GeneratorVitals;
}

export interface ArrivalPlan {
  readonly system: System;
  readonly port: number;
  readonly secret: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly groups: number;
}

export interface Arrived {
  readonly offered: number;
  readonly accepted: number;
  readonly faults: readonly string[];
  /** From the intended start to the last reply, HdrHistogram in µs, encoded. */
  readonly latency: string;
  readonly generator: GeneratorVitals;
}

export interface ChatPlan {
  readonly port: number;
  readonly secret: string;
  /** Two people each, both connected. */
  readonly conversations: number;
  /** Per person; times two times conversations is what is in flight altogether. */
  readonly inFlightEach: number;
  readonly messageBytes: number;
}

export interface ChatSpan {
  readonly acknowledged: number;
  readonly seconds: number;
  readonly faults: readonly string[];
  readonly latency: string;
  readonly generator: GeneratorVitals;
}

export interface JitterPlan {
  readonly port: number;
  readonly secret: string;
  readonly clients: number;
  /** Client i subscribes to channel i modulo this. */
  readonly groups: number;
  /** Between two cuts of one client, on average. */
  readonly everyMs: number;
  readonly awayMs: number;
  readonly seconds: number;
  /** Publications that each client must have seen in the end. */
  readonly perClient: number;
}

export interface Jittered {
  readonly expected: number;
  readonly received: number;
  readonly cuts: number;
  /** Deliveries that were missing, doubled or out of place, and gaps. */
  readonly faults: readonly string[];
  /** Of what was missed, from the beginning of the reconnect; HdrHistogram in µs, encoded. */
  readonly replay: string;
  readonly generator: GeneratorVitals;
}

export interface GeneratorCalls {
  /** Connects everybody and resolves when all are ready. */
  gather(plan: AudiencePlan): Promise<void>;
  /** Forgets counts and starts a measured span. */
  begin(): Promise<void>;
  /** Resolves when every subscriber has its share or the time is up. */
  collect(span: { perSubscriber: number; timeoutMs: number }): Promise<Collected>;
  arrive(plan: ArrivalPlan): Promise<Arrived>;
  /** Connects people, makes their conversations, starts sending. */
  startChat(plan: ChatPlan): Promise<void>;
  /** Measures for so long while the sending goes on. */
  measureChat(span: { seconds: number }): Promise<ChatSpan>;
  /** Stops sending, waits until all is answered and delivered, and says how much was acknowledged ever. */
  stopChat(): Promise<{ acknowledged: number; faults: readonly string[] }>;
  /** Connects SDK clients and resolves when all are subscribed. */
  gatherJitter(plan: JitterPlan): Promise<void>;
  runJitter(): Promise<Jittered>;
  dropAll(): Promise<void>;
}
