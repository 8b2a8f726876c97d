/** Keeps the bell true: the list and the counts over HTTP, what is new over the live endpoint. */
import { heartbeatSilenceMs } from '../../connection/connection-settings.ts';
import { ReconnectingSocket } from '../../connection/reconnecting-socket.ts';
import { request } from '../../session/server.ts';
import { socketAddress } from '../../session/sign-in.ts';
import {
  decodeCounts,
  decodeItems,
  EMPTY_INBOX,
  notificationIn,
  withArrival,
  withCounts,
  withItems,
  withRead,
} from './inbox.ts';
import { objectOf } from '../../session/json-fields.ts';
import type { JsonObject } from '../../session/json-fields.ts';
import { Observable } from './observable.ts';

const NOTIFICATIONS = '/api/v1/me/notifications';

export class BellClient {
  readonly inbox = new Observable(EMPTY_INBOX);
  readonly connection: ReconnectingSocket;
  readonly #token: string;
  #wasOpen = false;

  constructor(token: string) {
    this.#token = token;
    this.connection = new ReconnectingSocket({
      address: () => socketAddress('/api/ws/notifications', {}, token),
      onFrame: (text) => this.#handleFrame(text),
      maxSilenceMs: heartbeatSilenceMs,
    });
    this.connection.subscribe(() => {
      const isOpen = this.connection.getSnapshot().status === 'open';
      // First listen, then read: nothing falls between the two.
      if (isOpen && !this.#wasOpen) void this.refresh();
      this.#wasOpen = isOpen;
    });
  }

  start(): void {
    this.connection.connect();
    document.addEventListener('visibilitychange', this.#refreshWhenVisible);
  }

  stop(): void {
    this.connection.disconnect();
    document.removeEventListener('visibilitychange', this.#refreshWhenVisible);
  }

  async refresh(): Promise<void> {
    const list = await request('GET', `${NOTIFICATIONS}?limit=20`, { token: this.#token });
    this.inbox.update((inbox) =>
      list.ok
        ? withItems(inbox, decodeItems(list.body, Date.now()))
        : { ...inbox, hasFailed: true },
    );
    await this.#refreshCounts();
  }

  async mark(ids: readonly string[] | 'all', mark: 'seen' | 'read'): Promise<void> {
    if (mark === 'read') this.inbox.update((inbox) => withRead(inbox, ids));
    const body = { ids, mark };
    const answer = await request('POST', `${NOTIFICATIONS}/mark`, { token: this.#token, body });
    if (answer.ok) this.#takeCounts(objectOf(answer.body, 'counts'));
    else await this.refresh();
  }

  readonly #refreshWhenVisible = (): void => {
    // Another device may have read something meanwhile.
    if (document.visibilityState === 'visible') void this.refresh();
  };

  #handleFrame(text: string): void {
    const item = notificationIn(text, Date.now());
    if (item === undefined) return;
    this.inbox.update((inbox) => withArrival(inbox, item));
    void this.#refreshCounts();
  }

  async #refreshCounts(): Promise<void> {
    const answer = await request('GET', `${NOTIFICATIONS}/counts`, { token: this.#token });
    if (answer.ok) this.#takeCounts(answer.body);
  }

  #takeCounts(body: JsonObject | undefined): void {
    const counts = body === undefined ? undefined : decodeCounts(body);
    if (counts !== undefined) this.inbox.update((inbox) => withCounts(inbox, counts));
  }
}
