/**
 * Whether a join or leave on this node is one for the whole cluster. Each node that has told of a
 * user, or would have, keeps a mark in the presence store: as long as any mark is there the user is
 * known to be present, also through the grace after a lost connection. So whoever comes back on
 * another node has never been away, and the first mark and the last one to go decide.
 */
import type { ClientInfo } from '@carillon/protocol';
import type { Logger } from '../ports/logger.ts';
import type { PresenceStore } from '../ports/presence-store.ts';

/** `clients`: connections in the channel now, in the whole cluster; undefined: count your own. */
export type TellingAnswer = (isNews: boolean, clients?: number) => void;

/** What happened on this node: a user's first connection in a channel came, or the last one went. */
export interface News {
  readonly channel: string;
  readonly type: 'join' | 'leave';
  readonly info: ClientInfo;
  /** The presence store has the channel's connections, so it can count them. */
  readonly isCounted: boolean;
}

export interface Telling {
  /** Answers at once, or in the order of asking. */
  ask(news: News, answer: TellingAnswer): void;
}

/** Where there is only this process. */
export const TELLING_ALONE: Telling = {
  ask: (_news, answer) => answer(true),
};

export interface TellingOnceOptions {
  readonly store: PresenceStore;
  readonly logger: Logger;
  readonly nodeId: string;
}

const markChannel = (channel: string): string => `$told:${channel}`;

export class TellingOnce implements Telling {
  readonly #options: TellingOnceOptions;

  constructor(options: TellingOnceOptions) {
    this.#options = options;
  }

  ask(news: News, answer: TellingAnswer): void {
    const marked = this.#settled(this.#mark(news));
    const counted = news.isCounted
      ? this.#settled(this.#options.store.stats(news.channel))
      : undefined;
    void Promise.all([marked, counted]).then(([marks, stats]) => {
      // Without an answer each node speaks for itself.
      const isNews = typeof marks !== 'number' || marks === (news.type === 'join' ? 1 : 0);
      answer(isNews, stats?.clients);
    });
  }

  /** @returns the marks there are now; nothing for the anonymous, of whom each is somebody. */
  #mark({ channel, type, info: { user } }: News): Promise<number | void> {
    if (user === '') return Promise.resolve();
    const { store, nodeId } = this.#options;
    const mark = { user, client: `${nodeId}/${user}` };
    return type === 'join'
      ? store.add(markChannel(channel), mark)
      : store.remove(markChannel(channel), mark);
  }

  #settled<T>(asked: Promise<T>): Promise<T | undefined> {
    return asked.catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'presence of the other nodes is unknown');
      return undefined;
    });
  }
}
