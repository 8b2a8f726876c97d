/**
 * From the broker in the main thread to the threads that have a subscriber: collects a turn's
 * events per channel into runs and hands each run to every thread concerned. Interest changes with
 * a turn's events in between begin a new run, so that no thread sees what was before it came.
 */
import type { ChannelEvent } from '@carillon/protocol';
import type { BrokerHandler } from '../../ports/broker.ts';
import type { Run } from './messages.ts';
import type { EncodeFrame } from './shared-frame.ts';
import { SHARED_FROM, shareFrame } from './shared-frame.ts';

/** A thread, as the fan-out sees it. */
export interface RunReceiver {
  addRun(run: Run, weight: number): void;
}

interface OpenRun extends Run {
  readonly events: ChannelEvent[];
  readonly receivers: readonly RunReceiver[];
  weight: number;
}

const NOBODY: readonly RunReceiver[] = [];
/** What an event costs beside its text. */
const EVENT_WEIGHT = 128;

export class FanOut implements BrokerHandler {
  readonly #schedule: () => void;
  readonly #encodeFrame: EncodeFrame | undefined;
  /** Replaced, never changed: a run holds on to the list it began with. */
  readonly #interest = new Map<string, readonly RunReceiver[]>();
  #open = new Map<string, OpenRun>();
  #runs: OpenRun[] = [];

  /** @param schedule asks for a `flush` at the end of the turn */
  constructor(schedule: () => void, encodeFrame?: EncodeFrame) {
    this.#schedule = schedule;
    this.#encodeFrame = encodeFrame;
  }

  handleEvent(channel: string, event: ChannelEvent, epoch?: string): void {
    const receivers = this.#interest.get(channel);
    if (receivers === undefined) return;
    const open = this.#open.get(channel);
    const weight = weightOf(event);
    if (open !== undefined && open.receivers === receivers && open.epoch === epoch) {
      open.events.push(event);
      open.weight += weight;
      return;
    }
    if (this.#runs.length === 0) this.#schedule();
    const run: OpenRun = { channel, epoch, events: [event], receivers, weight };
    this.#open.set(channel, run);
    this.#runs.push(run);
  }

  /** @returns whether this is the channel's first receiver */
  add(channel: string, receiver: RunReceiver): boolean {
    const known = this.#interest.get(channel) ?? NOBODY;
    if (known.includes(receiver)) return false;
    this.#interest.set(channel, [...known, receiver]);
    return known.length === 0;
  }

  /** @returns whether this was the channel's last receiver */
  remove(channel: string, receiver: RunReceiver): boolean {
    const known = this.#interest.get(channel);
    if (known === undefined || !known.includes(receiver)) return false;
    const left = known.filter((each) => each !== receiver);
    if (left.length > 0) this.#interest.set(channel, left);
    else this.#interest.delete(channel);
    return left.length === 0;
  }

  flush(): void {
    if (this.#runs.length === 0) return;
    const runs = this.#runs;
    this.#runs = [];
    this.#open = new Map();
    for (const open of runs) {
      const run = this.#shared(open) ?? runOf(open);
      for (const receiver of open.receivers) receiver.addRun(run, open.weight);
    }
  }

  #shared({ channel, epoch, events, receivers }: OpenRun): Run | undefined {
    const [event] = events;
    if (event?.type !== 'publication' || events.length > 1) return undefined;
    const { data, ...rest } = event.publication;
    if (receivers.length < 2 || data.length * receivers.length < SHARED_FROM) return undefined;
    const frame = this.#encodeFrame?.(channel, event);
    const shared = frame === undefined ? undefined : shareFrame(frame, data);
    if (shared === undefined) return undefined;
    const withoutText: ChannelEvent = { type: 'publication', publication: { ...rest, data: '' } };
    return { channel, epoch, events: [withoutText], shared };
  }
}

const runOf = ({ channel, epoch, events }: OpenRun): Run => ({ channel, epoch, events });

const weightOf = (event: ChannelEvent): number =>
  EVENT_WEIGHT + (event.type === 'publication' ? event.publication.data.length : 0);
