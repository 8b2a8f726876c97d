/**
 * Connection tickets that open on any node, once: GETDEL is atomic. Redis keeps a digest of the
 * ticket, so that whoever reads it learns no ticket. While Redis is away both methods reject: a
 * ticket that opens on one node only would be worse than none.
 */
import { createHash } from 'node:crypto';
import type { Identity } from '../../ports/authenticator.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { TicketOffice } from '../../ports/ticket-office.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisTicketOptions {
  readonly connections: RedisConnections;
  readonly clock: Clock;
  readonly random: Random;
  /** Default and maximum 60 s. */
  readonly lifetimeMs?: number;
}

const MAX_LIFETIME_MS = 60_000;

export function createRedisTicketOffice(options: RedisTicketOptions): TicketOffice {
  const { connections, clock, random } = options;
  const expiresInMs = Math.min(options.lifetimeMs ?? MAX_LIFETIME_MS, MAX_LIFETIME_MS);
  const keyOf = (ticket: string): string =>
    `${connections.prefix}:ticket:${createHash('sha256').update(ticket).digest('base64url')}`;
  return {
    async issue(identity) {
      const ticket = random.id();
      const key = keyOf(ticket);
      const entry = JSON.stringify(identity);
      await connections.command(key, ['SET', key, entry, 'PX', String(expiresInMs)]);
      return { ticket, expiresInMs };
    },
    async redeem(ticket) {
      const key = keyOf(ticket);
      const found = await connections.command(key, ['GETDEL', key]);
      const identity = typeof found === 'string' ? readIdentity(found) : undefined;
      // A ticket must not outlive the log-in it was issued for.
      if (identity?.expiresAt === undefined) return identity;
      return identity.expiresAt * 1000 <= clock.now() ? undefined : identity;
    },
  };
}

/** Only `issue` writes there; a key that something else wrote opens nothing. */
function readIdentity(text: string): Identity | undefined {
  const parsed: unknown = JSON.parse(text);
  return isIdentity(parsed) ? parsed : undefined;
}

const isIdentity = (value: unknown): value is Identity =>
  typeof value === 'object' && value !== null && 'user' in value && typeof value.user === 'string';
