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
  it('open once', () => {
    const { office } = open();
    const { ticket, expiresInMs } = office.issue({ user: 'alice' });
    expect(expiresInMs).toBe(60_000);
    expect(office.redeem(ticket)).toEqual({ user: 'alice' });
    expect(office.redeem(ticket)).toBeUndefined();
    expect(office.redeem('guess')).toBeUndefined();
  });

  it('last at most a minute, whatever was asked', () => {
    const { office, clock } = open({ lifetimeMs: 3_600_000 });
    const { ticket } = office.issue({ user: 'alice' });
    clock.ms = 60_000;
    expect(office.redeem(ticket)).toBeUndefined();
  });

  it('end with the log-in they were issued for', () => {
    const { office, clock } = open();
    const { ticket } = office.issue({ user: 'alice', expiresAt: 1010 });
    clock.ms = 10_000;
    expect(office.redeem(ticket)).toBeUndefined();
  });

  it('beyond the bound the oldest is void', () => {
    const { office } = open({ maxTickets: 2 });
    const tickets = ['a', 'b', 'c'].map((user) => office.issue({ user }).ticket);
    expect(tickets.map((ticket) => office.redeem(ticket)?.user)).toEqual([undefined, 'b', 'c']);
  });
});
