/**
 * What every connection directory must do. `connectionDirectoryContract` for one node alone,
 * `sharedConnectionDirectoryContract` for one that sees the whole cluster.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  ConnectionDirectory,
  Entry,
  UserLimit,
} from '../../../server/src/ports/connection-directory.ts';
import type { ConnectionInfo } from '../../../server/src/ports/server-api.ts';
import { ContractNode } from './contract-node.ts';

export interface DirectorySubject {
  /** Not started; the contract starts it, and closes it. */
  readonly directory: ConnectionDirectory;
}

export interface SharedDirectorySubject extends DirectorySubject {
  /** The directory of another process on the same engine, not started. */
  makeSecondNode(): Promise<{
    readonly directory: ConnectionDirectory;
    /** The process ends without a word. */
    crash(): Promise<void>;
  }>;
  /** So long after a crash its connections are still listed at most. */
  readonly deadAfterMs: number;
  /** Lets this much time pass for the engine and the nodes. */
  advance(ms: number): Promise<void>;
}

const NO_LIMIT: UserLimit = { maxConnections: 0, policy: 'reject' };
const ONE_AT_A_TIME: UserLimit = { maxConnections: 1, policy: 'reject' };
const NEWEST_TWO: UserLimit = { maxConnections: 2, policy: 'evict-oldest' };

let serial = 0;
const connection = (user: string, overrides: Partial<ConnectionInfo> = {}): ConnectionInfo => ({
  connectionId: `c${(serial += 1)}`,
  user,
  deviceType: 'desktop',
  transport: 'websocket',
  protocol: 'native',
  connectedAt: 1_700_000_000_000 + serial,
  ...overrides,
});

const ids = (infos: readonly ConnectionInfo[]): string[] => infos.map((info) => info.connectionId);
const evicted = (entry: Entry): string[] | 'refused' =>
  entry.isAdmitted ? ids(entry.evict) : 'refused';

/** What one process says may take a moment to be heard by another. */
const soon = (look: () => Promise<void>): Promise<void> =>
  vi.waitFor(look, { timeout: 5_000, interval: 5 });

export function connectionDirectoryContract(
  name: string,
  make: () => Promise<DirectorySubject>,
): void {
  describe(`connection directory contract: ${name}`, () => {
    let directory: ConnectionDirectory;
    let node: ContractNode;
    beforeEach(async () => {
      ({ directory } = await make());
      node = new ContractNode(directory);
      await directory.start(node);
    });
    afterEach(() => directory.close());

    it('[SES15] finds a connection by user, by id and by device, with all that is known of it', async () => {
      const phone = connection('ann', { deviceType: 'mobile', transport: 'sse', protocol: 'chat' });
      const desk = connection('ann');
      const guest = connection('~bob', { isGuest: true });
      for (const each of [phone, desk, guest]) await node.connect(each, NO_LIMIT);
      expect(await directory.find({ user: 'ann' })).toEqual([phone, desk]);
      expect(await directory.find({ connectionId: guest.connectionId })).toEqual([guest]);
      expect(await directory.find({ deviceType: 'mobile' })).toEqual([phone]);
      expect(await directory.find({ user: 'nobody' })).toEqual([]);
      expect(await directory.find({ connectionId: 'nothing' })).toEqual([]);
      expect(await directory.find({ deviceType: 'tablet' })).toEqual([]);
    });

    it('[SES15] guests and nameless people are connections, not users', async () => {
      await node.connect(connection('ann'), NO_LIMIT);
      await node.connect(connection('ann'), NO_LIMIT);
      await node.connect(connection('~bob', { isGuest: true }), NO_LIMIT);
      await node.connect(connection(''), NO_LIMIT);
      await node.connect(connection(''), NO_LIMIT);
      expect(await directory.totals()).toEqual({
        users: 1,
        connections: 5,
        byUser: new Map([['ann', 2]]),
      });
    });

    it('says which of many users are online', async () => {
      await node.connect(connection('ann'), NO_LIMIT);
      await node.connect(connection('ä b*:{1}'), NO_LIMIT);
      const online = await directory.onlineAmong(['bob', 'ann', 'ä b*:{1}', 'ann', 'eve']);
      expect(new Set(online)).toEqual(new Set(['ann', 'ä b*:{1}']));
      expect(await directory.onlineAmong([])).toEqual(new Set());
    });

    it('[SES15] whoever has left is not found, and leaving twice is leaving once', async () => {
      const [first, second] = [connection('ann'), connection('ann')];
      await node.connect(first, NO_LIMIT);
      await node.connect(second, NO_LIMIT);
      node.disconnect(first);
      directory.leave(first);
      directory.leave(connection('eve'));
      await soon(async () => {
        expect(await directory.find({ user: 'ann' })).toEqual([second]);
      });
      node.disconnect(second);
      await soon(async () => {
        expect(await directory.totals()).toEqual({ users: 0, connections: 0, byUser: new Map() });
      });
      expect(await directory.onlineAmong(['ann', 'eve'])).toEqual(new Set());
    });

    it("[SES11] with `reject`, a user's connection too many is refused until another has left", async () => {
      const first = connection('ann');
      expect(evicted(await node.connect(first, ONE_AT_A_TIME))).toEqual([]);
      const second = connection('ann');
      expect(evicted(await node.connect(second, ONE_AT_A_TIME))).toBe('refused');
      expect(await directory.find({ user: 'ann' })).toEqual([first]);
      expect(await directory.find({ connectionId: second.connectionId })).toEqual([]);
      expect(evicted(await node.connect(connection('bob'), ONE_AT_A_TIME))).toEqual([]);
      node.disconnect(first);
      await soon(async () => {
        expect(evicted(await node.connect(second, ONE_AT_A_TIME))).toEqual([]);
      });
    });

    it("[SES11] with `evict-oldest`, the user's oldest must make room", async () => {
      const [first, second, third] = [connection('ann'), connection('ann'), connection('ann')];
      expect(evicted(await node.connect(first, NEWEST_TWO))).toEqual([]);
      expect(evicted(await node.connect(second, NEWEST_TWO))).toEqual([]);
      const entry = await node.connect(third, NEWEST_TWO);
      expect(entry).toEqual({ isAdmitted: true, evict: [first] });
      node.disconnect(first);
      await soon(async () => {
        expect(await directory.find({ user: 'ann' })).toEqual([second, third]);
      });
    });
  });
}

export function sharedConnectionDirectoryContract(
  name: string,
  make: () => Promise<SharedDirectorySubject>,
): void {
  connectionDirectoryContract(name, make);

  describe(`connection directory contract, two nodes: ${name}`, () => {
    let subject: SharedDirectorySubject;
    let here: ContractNode;
    let there: ContractNode;
    let crash: () => Promise<void>;
    let hasCrashed: boolean;
    beforeEach(async () => {
      subject = await make();
      const second = await subject.makeSecondNode();
      here = new ContractNode(subject.directory);
      there = new ContractNode(second.directory);
      await subject.directory.start(here);
      await second.directory.start(there);
      hasCrashed = false;
      crash = async () => {
        hasCrashed = true;
        await second.crash();
      };
    });
    afterEach(async () => {
      await subject.directory.close();
      if (!hasCrashed) await there.directory.close();
    });

    it('[CLU1] every node finds the connections of all nodes', async () => {
      const [first, second] = [connection('ann'), connection('ann', { deviceType: 'mobile' })];
      const guest = connection('~bob', { isGuest: true });
      await here.connect(first, NO_LIMIT);
      await there.connect(second, NO_LIMIT);
      await there.connect(guest, NO_LIMIT);
      const totals = { users: 1, connections: 3, byUser: new Map([['ann', 2]]) };
      for (const { directory } of [here, there]) {
        await soon(async () => {
          expect(await directory.find({ user: 'ann' })).toEqual([first, second]);
          expect(await directory.find({ connectionId: guest.connectionId })).toEqual([guest]);
          expect(await directory.find({ deviceType: 'mobile' })).toEqual([second]);
          expect(await directory.totals()).toEqual(totals);
          expect(await directory.onlineAmong(['ann', 'eve'])).toEqual(new Set(['ann']));
        });
      }
      there.disconnect(second);
      await soon(async () => {
        expect(await here.directory.find({ user: 'ann' })).toEqual([first]);
      });
    });

    it("[CLU1] a user's limit holds across the nodes", async () => {
      const first = connection('ann');
      await here.connect(first, ONE_AT_A_TIME);
      const second = connection('ann');
      await soon(async () => {
        expect(evicted(await there.connect(second, ONE_AT_A_TIME))).toBe('refused');
      });
      here.disconnect(first);
      await soon(async () => {
        expect(evicted(await there.connect(second, ONE_AT_A_TIME))).toEqual([]);
      });
    });

    it("[CLU1] a user's oldest connection makes room, on whichever node it is", async () => {
      const [first, second, third] = [connection('ann'), connection('ann'), connection('ann')];
      await here.connect(first, NEWEST_TWO);
      await there.connect(second, NEWEST_TWO);
      expect(evicted(await there.connect(third, NEWEST_TWO))).toEqual([first.connectionId]);
    });

    it('[CLU1] of connections that race on two nodes no more are admitted than may be', async () => {
      const limit: UserLimit = { maxConnections: 4, policy: 'reject' };
      const entries = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? here : there).connect(connection('ann'), limit),
        ),
      );
      expect(entries.filter((entry) => entry.isAdmitted)).toHaveLength(4);
    });

    it('[CLU2] connections of a node that died end by themselves, those of the living do not', async () => {
      const [first, second] = [connection('ann'), connection('bob')];
      await here.connect(first, NO_LIMIT);
      await there.connect(second, NO_LIMIT);
      await soon(async () => {
        expect(await here.directory.find({ user: 'bob' })).toEqual([second]);
      });
      await crash();
      await subject.advance(subject.deadAfterMs);
      await soon(async () => {
        expect(await here.directory.find({ user: 'bob' })).toEqual([]);
        expect(await here.directory.onlineAmong(['ann', 'bob'])).toEqual(new Set(['ann']));
        expect(await here.directory.totals()).toMatchObject({ users: 1, connections: 1 });
      });
      expect(await here.directory.find({ user: 'ann' })).toEqual([first]);
    });

    it('a node that closes leaves nobody behind', async () => {
      const staying = connection('ann');
      await here.connect(staying, NO_LIMIT);
      await there.connect(connection('bob'), NO_LIMIT);
      await there.directory.close();
      hasCrashed = true;
      await soon(async () => {
        expect(await here.directory.totals()).toMatchObject({ users: 1, connections: 1 });
        expect(await here.directory.onlineAmong(['ann', 'bob'])).toEqual(new Set(['ann']));
      });
    });
  });
}
