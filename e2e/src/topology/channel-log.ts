/**
 * What one client heard in one channel, and the judgement on it: within an epoch offsets follow on
 * by one, unless the server has said that something is missing.
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export class ChannelLog {
  /** Undefined until the first subscribe was answered. */
  position: Position | undefined;
  /** Message or notification ids, however they came. */
  readonly ids = new Set<string>();
  /** `epoch:offset` → id, to be compared with what others heard. */
  readonly order = new Map<string, string>();
  readonly faults: string[] = [];
  duplicates = 0;
  recovered = 0;
  /** The server said that something may be missing. */
  gaps = 0;

  handlePublication(id: string | undefined, offset: number | undefined): void {
    if (id !== undefined) {
      if (this.ids.has(id)) this.duplicates += 1;
      this.ids.add(id);
    }
    // Without an offset: delivered within the process while Redis was away.
    if (offset === undefined || this.position === undefined) return;
    const { epoch, offset: last } = this.position;
    if (offset !== last + 1) this.faults.push(`offset ${offset} after ${last} in ${epoch}`);
    this.position = { epoch, offset };
    if (id !== undefined) this.order.set(`${epoch}:${offset}`, id);
  }

  /** A subscribe was answered; publications of the answer come afterwards one by one. */
  handleSubscribed(
    reply: Position & { readonly recovered: boolean; readonly missed: number },
  ): void {
    const { epoch, offset, recovered, missed } = reply;
    if (this.position !== undefined) {
      if (recovered) this.recovered += 1;
      else this.gaps += 1;
    }
    if (recovered && this.position?.epoch !== epoch) {
      this.faults.push(`recovered across epochs ${this.position?.epoch ?? ''} and ${epoch}`);
    }
    this.position = { epoch, offset: offset - missed };
  }
}
