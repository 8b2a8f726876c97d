import { describe, expect, it } from 'vitest';
import type { Clock, Random } from '../../ports/clock.ts';
import { createMemoryTicketOffice } from './memory-ticket-office.ts';

class ManualClock implements Clock {
  ms = 0;
  now = () => 1_000_000 + this.ms;
  monotonic = () => this.ms;
  after = () => () => undefined;
  defer = () => undefined;
}

class CountingRandom implements Random {
  #count = 0;
  next = () => 0;
  id = () => `ticket-${++this.#count}`;
}

const open = (options: { maxTickets?: number; lifetimeMs?: number } = {}) => {
  const clock = new ManualClock();
  return {
    clock,
    office: createMemoryTicketOffice({ clock, random: new CountingRandom(), ...options }),
  };
};

describe('tickets', () => {
  it('open once', async () => {
    const { office } = open();
    const { ticket, expiresInMs } = await office.issue({ user: 'alice' });
    expect(expiresInMs).toBe(60_000);
    expect(await office.redeem(ticket)).toEqual({ user: 'alice' });
    expect(await office.redeem(ticket)).toBeUndefined();
    expect(await office.redeem('guess')).toBeUndefined();
  });

  it('last at most a minute, whatever was asked', async () => {
    const { office, clock } = open({ lifetimeMs: 3_600_000 });
    const { ticket } = await office.issue({ user: 'alice' });
    clock.ms = 60_000;
    expect(await office.redeem(ticket)).toBeUndefined();
  });

  it('end with the log-in they were issued for', async () => {
    const { office, clock } = open();
    const { ticket } = await office.issue({ user: 'alice', expiresAt: 1010 });
    clock.ms = 10_000;
    expect(await office.redeem(ticket)).toBeUndefined();
  });

  it('beyond the bound the oldest is void', async () => {
    const { office } = open({ maxTickets: 2 });
    const users: (string | undefined)[] = [];
    const tickets: string[] = [];
    for (const user of ['a', 'b', 'c']) tickets.push((await office.issue({ user })).ticket);
    for (const ticket of tickets) users.push((await office.redeem(ticket))?.user);
    expect(users).toEqual([undefined, 'b', 'c']);
  });
});
