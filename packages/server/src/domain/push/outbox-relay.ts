/** Life of the relay that empties the outbox. */
export interface OutboxRelay {
  /** Relays what a crash left, then looks again every few seconds. */
  start(): void;
  /** Resolves when everything handed over so far is sent, or back in the store for a later try. */
  flush(): Promise<void>;
  /** Takes no more, finishes what runs, writes its completions. */
  stop(): Promise<void>;
}
