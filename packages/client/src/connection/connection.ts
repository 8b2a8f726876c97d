/** Carries out what connection-machine.ts decides: one link at a time, and the pauses between them. */
import type { ClientOptions } from '../client-options.ts';
import { DEFAULT_RECONNECT, DEFAULT_TRANSPORTS } from '../client-options.ts';
import type { ClientEnvironment } from '../environment.ts';
import { type Readable, createWritable } from '../readable.ts';
import { isAvailable } from '../transports/open-transport.ts';
import { createTransportChoice } from '../transports/transport-choice.ts';
import { type Effect, type MachineEvent, createMachine, step } from './connection-machine.ts';
import type { ConnectionState } from './connection-state.ts';
import { type Link, type LinkChannels, openLink } from './link.ts';
import { type Requests, createRequests } from './requests.ts';
import { createTokens } from './tokens.ts';

export interface Connection {
  readonly state: Readable<ConnectionState>;
  readonly requests: Requests;
  readonly dispatch: (event: MachineEvent) => void;
}

/** A connection that has lasted so long is good: what failed before is forgiven. */
const STABLE_AFTER_MS = 5000;

const AVAILABILITY = {
  idle: 'none',
  connecting: 'coming',
  connected: 'ready',
  waiting: 'coming',
  offline: 'none',
  closed: 'none',
} as const;

/** @throws TypeError where there is no URL to be had */
function endpoint(url: string | undefined): string {
  const page = globalThis.location?.href;
  return `${new URL(url ?? '/', page).href.replace(/\/$/, '')}/connection`;
}

export function createConnection(
  options: ClientOptions,
  environment: ClientEnvironment,
  channels: LinkChannels,
): Connection {
  const { clock, random } = environment;
  const { url, deviceType, transports = DEFAULT_TRANSPORTS } = options;
  const reconnect = { ...DEFAULT_RECONNECT, ...options.reconnect };
  let machine = createMachine(environment.isOnline(), environment.isVisible());
  let link: Link | undefined;
  let cancelTimer = (): void => {};
  const state = createWritable(machine.state);
  const tokens = createTokens(options.getToken, environment);
  const choice = createTransportChoice({
    environment,
    order: transports.filter((name) => isAvailable(name, environment)),
    key: `carillon:transport:${url ?? ''}`,
  });
  const requests = createRequests({
    clock,
    timeoutMs: options.requestTimeoutMs ?? 10_000,
    availability: () => AVAILABILITY[machine.state.status],
    transmit: (line) => link?.push(line),
  });

  const close = (): void => {
    link?.close();
    link = undefined;
  };

  const dispatchAfter = (delayMs: number, event: MachineEvent): void => {
    cancelTimer = clock.after(delayMs, () => dispatch(event));
  };

  const effects: { readonly [E in Effect]: () => void } = {
    open() {
      close();
      link = openLink({
        base: endpoint(url),
        query: deviceType ? `?device=${deviceType}` : '',
        connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
        heartbeatMs: options.heartbeatMs ?? 45_000,
        environment,
        choice,
        tokens,
        requests,
        channels,
        dispatch,
      });
    },
    close,
    wait() {
      const { state: now } = machine;
      if (now.status === 'waiting') {
        dispatchAfter(now.retryAtMs - clock.now(), { type: 'retry' });
      }
    },
    watch: () => dispatchAfter(STABLE_AFTER_MS, { type: 'stable' }),
    probe: () => link?.probe(),
    forget_token: tokens.forget,
    forget_positions: channels.forgetPositions,
  };

  function dispatch(event: MachineEvent): void {
    const before = machine.state;
    const next = step(machine, event, { nowMs: clock.now(), random: random(), reconnect });
    machine = next.machine;
    if (machine.state !== before) cancelTimer();
    for (const effect of next.effects) effects[effect]();
    const availability = AVAILABILITY[machine.state.status];
    if (availability === 'none') requests.drop();
    else if (availability === 'ready') requests.release();
    state.set(machine.state);
  }

  return { state, requests, dispatch };
}
