/**
 * What holds before anybody is authenticated, for all transports of a process together: which pages
 * may connect, how fast connections may come, and how many may be open without having said who they
 * are. Knows no protocol; how a refusal is told is the transport's business.
 */
import { swapRemove } from '../core/swap-remove.ts';
import type { Clock } from '../ports/clock.ts';
import { ConnectRate } from './websocket/connect-rate.ts';
import type { Refusal } from './websocket/handshake.ts';
import type { WebSocketLimits } from './websocket/limits.ts';
import { isLoopback, rateKeyOf } from './websocket/remote-address.ts';

/** A connection that had not logged in when it was opened. */
export interface Newcomer {
  /** Its place in the gate's list; -1: in none. The gate's. */
  newcomerPlace: number;
  readonly receiver: { readonly isAuthenticated?: boolean } | undefined;
}

export interface ConnectGateOptions {
  /** Exact origins of web pages that may connect; `*`: all. Default: pages of the same host. */
  readonly allowedOrigins?: readonly string[];
  readonly limits: WebSocketLimits;
  readonly clock: Clock;
}

/** Sweeping the list costs its length, so a flood of handshakes may not trigger it each time. */
const SWEEP_INTERVAL_MS = 100;

const LATER = { 'Retry-After': '1' };
const REFUSALS = {
  server: { status: 503, label: 'rate', message: 'Too many connects.', headers: LATER },
  address: {
    status: 429,
    label: 'address_rate',
    message: 'Too many connects from this address.',
    headers: LATER,
  },
  unauthenticated: {
    status: 503,
    label: 'unauthenticated',
    message: 'Too many connections that have not logged in.',
    headers: LATER,
  },
} as const satisfies Record<string, Refusal>;

export class ConnectGate {
  readonly origins: ReadonlySet<string>;
  readonly #limits: WebSocketLimits;
  readonly #clock: Clock;
  readonly #rate: ConnectRate;
  /** Who has logged in since is swept out when it seems full. */
  #newcomers: Newcomer[] = [];
  #sweptAt = -Infinity;

  constructor({ allowedOrigins, limits, clock }: ConnectGateOptions) {
    this.origins = new Set(allowedOrigins);
    this.#limits = limits;
    this.#clock = clock;
    this.#rate = new ConnectRate(limits, clock.monotonic());
  }

  /** Counts one attempt. Undefined: it may go on. */
  refusalOf(remoteAddress: string): Refusal | undefined {
    const isExempt = this.#limits.isLoopbackExempt && isLoopback(remoteAddress);
    const key = isExempt ? undefined : rateKeyOf(remoteAddress);
    const verdict = this.#rate.take(key, this.#clock.monotonic());
    if (verdict !== 'ok') return REFUSALS[verdict];
    return this.#hasRoom() ? undefined : REFUSALS.unauthenticated;
  }

  /** Right after it was opened; one that is authenticated already does not count. */
  enter(newcomer: Newcomer): void {
    if (newcomer.receiver?.isAuthenticated !== false) return;
    newcomer.newcomerPlace = this.#newcomers.push(newcomer) - 1;
  }

  /** Only if it is there. */
  leave(newcomer: Newcomer): void {
    const place = newcomer.newcomerPlace;
    if (this.#newcomers[place] !== newcomer) return;
    const moved = swapRemove(this.#newcomers, place);
    if (moved !== undefined) moved.newcomerPlace = place;
  }

  #hasRoom(): boolean {
    if (this.#newcomers.length < this.#limits.maxUnauthenticated) return true;
    const now = this.#clock.monotonic();
    if (now - this.#sweptAt < SWEEP_INTERVAL_MS) return false;
    this.#sweptAt = now;
    const newcomers = this.#newcomers.filter((each) => each.receiver?.isAuthenticated === false);
    for (const [index, newcomer] of newcomers.entries()) newcomer.newcomerPlace = index;
    this.#newcomers = newcomers;
    return this.#newcomers.length < this.#limits.maxUnauthenticated;
  }
}
