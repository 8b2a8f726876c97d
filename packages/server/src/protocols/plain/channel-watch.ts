/**
 * Lets a shared wire format tell single connections that something happened in their channel
 * (a task ended, a notification was stored), without holding state of theirs itself.
 */
export class ChannelWatch {
  readonly #watchers = new Map<string, Set<() => void>>();

  /** @returns the function that ends the watch. */
  add(channel: string, onNews: () => void): () => void {
    const watchers = this.#watchers.get(channel) ?? new Set();
    this.#watchers.set(channel, watchers);
    watchers.add(onNews);
    return () => {
      watchers.delete(onNews);
      if (watchers.size === 0 && this.#watchers.get(channel) === watchers)
        this.#watchers.delete(channel);
    };
  }

  notify(channel: string): void {
    for (const onNews of this.#watchers.get(channel) ?? []) onNews();
  }

  /** Channels watched at present. */
  get size(): number {
    return this.#watchers.size;
  }
}
