/**
 * What all nodes together take from per-user rate limits. Each node decides at once by its own
 * buckets and tells the others, a few times a second, what was taken: so a limit holds across the
 * cluster, give or take one interval, and no command waits for another process.
 */
export interface SharedRates {
  /**
   * @param spent tokens this node took since its last call, by bucket (`publish:<user>`); 0 only asks.
   * @returns what the *other* nodes took meanwhile, for the same buckets. Of a bucket that this node
   *   asks about for the first time, or again after a pause: what they took in the last 10 s or so,
   *   and nothing older. Rejects while the engine is away.
   */
  exchange(spent: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>>;
}
