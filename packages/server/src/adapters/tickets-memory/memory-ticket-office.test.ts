import { describe, expect, it } from 'vitest';
import { ticketOfficeContract } from '../../../../testkit/src/contracts/ticket-office-contract.ts';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createSeededRandom } from '../../../../testkit/src/seeded-random.ts';
import { createMemoryTicketOffice } from './memory-ticket-office.ts';

const open = (options: { maxTickets?: number; lifetimeMs?: number } = {}) => {
  const clock = createFakeClock();
  const random = createSeededRandom(1);
  return { clock, office: createMemoryTicketOffice({ clock, random, ...options }) };
};

ticketOfficeContract('memory', () => {
  const { office, clock } = open();
  return Promise.resolve({
    office,
    lifetimeMs: 60_000,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    close: () => Promise.resolve(),
  });
});

describe('memory ticket office', () => {
  it('last at most a minute, whatever was asked', async () => {
    const { office, clock } = open({ lifetimeMs: 3_600_000 });
    const { ticket } = await office.issue({ user: 'alice' });
    await clock.advance(60_000);
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
