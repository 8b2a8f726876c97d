/**
 * What every ticket office must do. `ticketOfficeContract` for one node alone,
 * `sharedTicketOfficeContract` for one whose tickets open on every node.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../server/src/ports/authenticator.ts';
import type { TicketOffice } from '../../../server/src/ports/ticket-office.ts';

export interface TicketOfficeSubject {
  readonly office: TicketOffice;
  /** How long its tickets last: short where the engine keeps the time. */
  readonly lifetimeMs: number;
  /** The office's wall clock, ms since 1970. */
  now(): number;
  /** Lets this much time pass for the office. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface SharedTicketOfficeSubject extends TicketOfficeSubject {
  /** The office of another process on the same engine. */
  makeSecondNode(): Promise<TicketOffice>;
}

export function ticketOfficeContract(name: string, make: () => Promise<TicketOfficeSubject>): void {
  describe(`ticket office contract: ${name}`, () => {
    let subject: TicketOfficeSubject;
    let office: TicketOffice;
    beforeEach(async () => {
      subject = await make();
      office = subject.office;
    });
    afterEach(() => subject.close());

    it('a ticket opens once, for all that its identity says', async () => {
      const identity: Identity = {
        user: 'ann ä',
        expiresAt: Math.floor(subject.now() / 1000) + 3600,
        info: '{"name":"Ann"}',
        channels: ['news:1', 'news:2'],
        isAdmin: true,
      };
      const { ticket, expiresInMs } = await office.issue(identity);
      expect(expiresInMs).toBe(subject.lifetimeMs);
      expect(ticket).toMatch(/^[\w-]+$/);
      expect(await office.redeem(ticket)).toEqual(identity);
      expect(await office.redeem(ticket)).toBeUndefined();
    });

    it('a ticket that nobody issued opens nothing', async () => {
      for (const guess of ['', 'guess', '*', 'a'.repeat(10_000), '../x y\n']) {
        expect(await office.redeem(guess)).toBeUndefined();
      }
    });

    it('a ticket is void after its time', async () => {
      const { ticket } = await office.issue({ user: 'ann' });
      await subject.advance(subject.lifetimeMs + 50);
      expect(await office.redeem(ticket)).toBeUndefined();
    });

    it('a ticket ends with the log-in it was issued for', async () => {
      const { ticket } = await office.issue({ user: 'ann', expiresAt: subject.now() / 1000 - 1 });
      expect(await office.redeem(ticket)).toBeUndefined();
    });

    it('a ticket that is used ten times at once opens once', async () => {
      const { ticket } = await office.issue({ user: 'ann' });
      const uses = Array.from({ length: 10 }, async () => office.redeem(ticket));
      const opened = (await Promise.all(uses)).filter((identity) => identity !== undefined);
      expect(opened).toEqual([{ user: 'ann' }]);
    });
  });
}

export function sharedTicketOfficeContract(
  name: string,
  make: () => Promise<SharedTicketOfficeSubject>,
): void {
  ticketOfficeContract(name, make);

  describe(`ticket office contract, two nodes: ${name}`, () => {
    it('a ticket opens on any node, and on one of them only', async () => {
      const subject = await make();
      const other = await subject.makeSecondNode();
      const { ticket } = await subject.office.issue({ user: 'ann' });
      expect(await other.redeem(ticket)).toEqual({ user: 'ann' });
      expect(await subject.office.redeem(ticket)).toBeUndefined();
      await subject.close();
    });
  });
}
