/**
 * Follows one inbox from a position on: each notification once, in order, whether it was stored
 * before the stream began or while it runs. A live event is only the sign to look; what is shown
 * is read from the store, so there is nothing to merge and no gap between the two.
 */
import type { Outcome } from '@carillon/protocol';
import type { Notification } from '../../ports/inbox-store.ts';

const PAGE_SIZE = 100;

export interface InboxTailDeps {
  /** Ascending, after `seq`. */
  readonly listAfter: (seq: number, limit: number) => Promise<Outcome<readonly Notification[]>>;
  /** Resolves when the client has room for more; false: it is gone. */
  readonly deliver: (notifications: readonly Notification[]) => Promise<boolean>;
  readonly onFailure: (error: unknown) => void;
}

export class InboxTail {
  readonly #deps: InboxTailDeps;
  #seq: number;
  #isReading = false;
  #isStale = false;

  constructor(seq: number, deps: InboxTailDeps) {
    this.#seq = seq;
    this.#deps = deps;
  }

  /** There may be something new. Calls while a read is under way lead to one more read. */
  pull(): void {
    this.#isStale = true;
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        if (!(await this.#readPage())) return;
      }
    } catch (error) {
      this.#deps.onFailure(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** False: not now, or never again; the position stands where the client is. */
  async #readPage(): Promise<boolean> {
    const page = await this.#deps.listAfter(this.#seq, PAGE_SIZE);
    if (!page.ok) {
      this.#deps.onFailure(page);
      return false;
    }
    const newest = page.value.at(-1);
    if (newest === undefined) return true;
    this.#seq = newest.seq;
    this.#isStale ||= page.value.length === PAGE_SIZE;
    const current = page.value.filter((notification) => notification.archivedAt === undefined);
    return current.length === 0 || (await this.#deps.deliver(current));
  }
}
