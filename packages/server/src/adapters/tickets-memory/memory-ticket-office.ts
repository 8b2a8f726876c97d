/**
 * Connection tickets in memory: single-use, short-lived, and bounded. A ticket is redeemed on the
 * node that issued it; sharing them between processes is another adapter's business.
 */
import type { Identity } from '../../ports/authenticator.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { TicketOffice } from '../../ports/ticket-office.ts';

export interface TicketOfficeOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Default and maximum 60 s. */
  readonly lifetimeMs?: number;
  /** Unredeemed at once; beyond, the oldest is void. Default 100,000. */
  readonly maxTickets?: number;
}

const MAX_LIFETIME_MS = 60_000;
const MAX_TICKETS = 100_000;

interface Ticket {
  readonly identity: Identity;
  /** Monotonic ms. */
  readonly expiresAt: number;
}

class MemoryTicketOffice implements TicketOffice {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #lifetimeMs: number;
  readonly #maxTickets: number;
  /** All live equally long, so the order of issue is the order of expiry. */
  readonly #tickets = new Map<string, Ticket>();

  constructor(options: TicketOfficeOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#lifetimeMs = Math.min(options.lifetimeMs ?? MAX_LIFETIME_MS, MAX_LIFETIME_MS);
    this.#maxTickets = options.maxTickets ?? MAX_TICKETS;
  }

  issue(identity: Identity): { ticket: string; expiresInMs: number } {
    this.#makeRoom();
    const ticket = this.#random.id();
    this.#tickets.set(ticket, { identity, expiresAt: this.#clock.monotonic() + this.#lifetimeMs });
    return { ticket, expiresInMs: this.#lifetimeMs };
  }

  redeem(ticket: string): Identity | undefined {
    const found = this.#tickets.get(ticket);
    if (found === undefined) return undefined;
    this.#tickets.delete(ticket);
    if (found.expiresAt <= this.#clock.monotonic()) return undefined;
    // A ticket must not outlive the log-in it was issued for.
    const { expiresAt } = found.identity;
    if (expiresAt !== undefined && expiresAt * 1000 <= this.#clock.now()) return undefined;
    return found.identity;
  }

  #makeRoom(): void {
    const now = this.#clock.monotonic();
    for (const [ticket, { expiresAt }] of this.#tickets) {
      if (expiresAt > now && this.#tickets.size < this.#maxTickets) return;
      this.#tickets.delete(ticket);
    }
  }
}

export const createMemoryTicketOffice = (options: TicketOfficeOptions): TicketOffice =>
  new MemoryTicketOffice(options);
