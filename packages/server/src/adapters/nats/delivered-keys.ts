/**
 * Idempotency keys of what was delivered on this node only, while NATS was away. The same comes
 * again when NATS is back; the newest few thousand are recognised.
 */
const MAX_KEYS = 10_000;

export class DeliveredKeys {
  readonly #keys = new Set<string>();

  /** False: it was there. */
  add(channel: string, key: string): boolean {
    const name = `${channel}\n${key}`;
    if (this.#keys.has(name)) return false;
    this.#keys.add(name);
    if (this.#keys.size > MAX_KEYS) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    return true;
  }

  has(channel: string, key: string): boolean {
    return this.#keys.has(`${channel}\n${key}`);
  }
}
