/**
 * Single-use tickets that open on any node: a record per ticket, which ends with the ticket's time.
 * Using it means to write over it, and only one can be the first.
 */
import type { Identity } from '../../ports/authenticator.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { TicketOffice } from '../../ports/ticket-office.ts';
import type { NatsLimits } from './nats-engine-options.ts';
import type { NatsLink } from './nats-link.ts';
import { RecordStream } from './record-stream.ts';

export interface TicketOfficeDependencies {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: NatsLimits;
}

interface Ticket {
  readonly identity: Identity;
  /** ms since 1970. */
  readonly voidAt: number;
}

const USED = 'used';
const SHAPE = /^[\w-]{1,100}$/u;
const MAX_BYTES = 64 * 1024 * 1024;

/** Issuing and redeeming reject while NATS is away. */
export function createNatsTicketOffice(dependencies: TicketOfficeDependencies): TicketOffice {
  const { link, prefix, clock, random, limits } = dependencies;
  const lifetimeMs = limits.ticketLifetimeMs;
  const stream = new RecordStream(
    link,
    {
      name: `${prefix}-tickets`,
      subjects: `${prefix}.t.*`,
      storage: 'file',
      maxBytes: MAX_BYTES,
    },
    { perSubject: 1, maxAgeMs: lifetimeMs },
  );
  link.onReturned(() => stream.recheck());

  return {
    async issue(identity) {
      const ticket = random.id();
      const content: Ticket = { identity, voidAt: clock.now() + lifetimeMs };
      await stream.write(`${prefix}.t.${ticket}`, JSON.stringify(content), { onto: 0 });
      return { ticket, expiresInMs: lifetimeMs };
    },
    async redeem(ticket) {
      if (!SHAPE.test(ticket)) return undefined;
      const subject = `${prefix}.t.${ticket}`;
      const stored = await stream.last(subject);
      const text = stored === undefined ? USED : Buffer.from(stored.data).toString();
      if (stored === undefined || text === USED) return undefined;
      const use = await stream.write(subject, USED, { onto: stored.seq });
      const { identity, voidAt } = JSON.parse(text) as Ticket;
      if (use.type !== 'written' || voidAt <= clock.now()) return undefined;
      // A ticket must not outlive the log-in it was issued for.
      const { expiresAt } = identity;
      return expiresAt !== undefined && expiresAt * 1000 <= clock.now() ? undefined : identity;
    },
  };
}
