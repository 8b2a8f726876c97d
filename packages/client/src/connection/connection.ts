/** Carries out what connection-machine.ts decides: one link at a time, and the pauses between them. */
import type { ClientOptions } from '../client-options.ts';
import { DEFAULT_RECONNECT, DEFAULT_TRANSPORTS } from '../client-options.ts';
import type { ClientEnvironment } from '../environment.ts';
import { createWritable } from '../readable.ts';
import { isAvailable } from '../transports/open-transport.ts';
import { createTransportChoice } from '../transports/transport-choice.ts';
import {
  type Effect,
  type Machine,
  type MachineEvent,
  createMachine,
  step,
} from './connection-machine.ts';
import type { ConnectionState } from './connection-state.ts';
import { Link, type LinkChannels, type LinkOptions } from './link.ts';
import { type Availability, createRequests } from './requests.ts';
import { createTokens } from './tokens.ts';

/** A connection that has lasted so long is good: what failed before is forgiven. */
const STABLE_AFTER_MS = 5000;

const AVAILABILITY: { readonly [S in ConnectionState['status']]: Availability } = {
  idle: 'none',
  connecting: 'coming',
  connected: 'ready',
  waiting: 'coming',
  offline: 'none',
  closed: 'none',
};

type FixedOptions = Omit<LinkOptions, 'requests' | 'dispatch'>;

const linkOptions = (
  options: ClientOptions,
  environment: ClientEnvironment,
  channels: LinkChannels,
): FixedOptions => {
  const { url = '', transports = DEFAULT_TRANSPORTS, deviceType } = options;
  const { connectTimeoutMs = 20_000, heartbeatMs = 45_000 } = options;
  return {
    url,
    query: deviceType ? `?device=${deviceType}` : '',
    connectTimeoutMs,
    heartbeatMs,
    environment,
    channels,
    tokens: createTokens(options.getToken, environment),
    choice: createTransportChoice({
      environment,
      order: transports.filter((name) => isAvailable(name, environment)),
      key: `carillon:transport:${url}`,
    }),
  };
};

export class Connection {
  readonly state = createWritable<ConnectionState>({ status: 'idle' });
  readonly requests;
  readonly #options: ClientOptions;
  readonly #link: FixedOptions;
  #machine: Machine;
  #open: Link | undefined;
  #cancelTimer = (): void => {};

  constructor(options: ClientOptions, environment: ClientEnvironment, channels: LinkChannels) {
    this.#options = options;
    this.#link = linkOptions(options, environment, channels);
    this.#machine = createMachine(environment.isOnline(), environment.isVisible());
    this.requests = createRequests({
      clock: environment.clock,
      timeoutMs: options.requestTimeoutMs ?? 10_000,
      availability: () => this.#availability(),
      transmit: (line) => this.#open?.push(line),
    });
  }

  dispatch(event: MachineEvent): void {
    const { environment } = this.#link;
    const before = this.#machine.state;
    const { machine, effects } = step(this.#machine, event, {
      nowMs: environment.clock.now(),
      random: environment.random(),
      reconnect: { ...DEFAULT_RECONNECT, ...this.#options.reconnect },
    });
    this.#machine = machine;
    if (machine.state !== before) this.#cancelTimer();
    for (const effect of effects) this.#run(effect);
    const availability = this.#availability();
    if (availability === 'none') this.requests.drop();
    else if (availability === 'ready') this.requests.release();
    this.state.set(this.#machine.state);
  }

  #availability(): Availability {
    return AVAILABILITY[this.#machine.state.status];
  }

  #run(effect: Effect): void {
    const { environment, tokens, channels } = this.#link;
    const { state } = this.#machine;
    switch (effect) {
      case 'open':
        this.#close();
        // Whoever heard of the end may have had enough.
        if (state.status !== this.#machine.state.status) return;
        this.#open = new Link({
          ...this.#link,
          requests: this.requests,
          dispatch: (event) => this.dispatch(event),
        });
        return void this.#open.start();
      case 'close':
        return this.#close();
      case 'wait':
        if (state.status !== 'waiting') return;
        return this.#dispatchAfter(state.retryAtMs - environment.clock.now(), 'retry');
      case 'watch':
        return this.#dispatchAfter(STABLE_AFTER_MS, 'stable');
      case 'probe':
        return this.#open?.probe();
      case 'forget_token':
        return tokens.forget();
      case 'forget_positions':
        return channels.forgetPositions();
    }
  }

  #close(): void {
    this.#open?.close();
    this.#open = undefined;
  }

  #dispatchAfter(delayMs: number, type: 'retry' | 'stable'): void {
    const { clock } = this.#link.environment;
    this.#cancelTimer = clock.after(delayMs, () => this.dispatch({ type }));
  }
}
