/**
 * A client of a core node on a real engine: subscribes with the position it has reached, again
 * whenever it is told to. Writes down what it sees for the history checker, and apart from it what
 * came without a place in the history.
 */
import type { StreamPosition } from '../../../packages/protocol/src/publication.ts';
import type { Node } from '../../../packages/server/src/core/node.ts';
import type { Session } from '../../../packages/server/src/ports/connection-handler.ts';
import type { Seen } from '../../../packages/testkit/src/simulation/history-checker.ts';
import type { WireFormat } from '../../../packages/server/src/ports/wire-format.ts';

const RETRY_MS = 50;

interface Line {
  readonly data: unknown;
  readonly offset?: number;
}

export class CoreClient {
  readonly #channel: string;
  readonly #session: Session;
  readonly seen: Seen[] = [];
  /** Data of what was delivered without offset: published while the engine was away. */
  readonly passing: string[] = [];
  position: StreamPosition | undefined;
  disconnects = 0;
  #buffered: Line[] | undefined = [];

  constructor(node: Node, options: { user: string; channel: string; format: WireFormat }) {
    this.#channel = options.channel;
    const decoder = new TextDecoder();
    this.#session = node.open({
      socket: {
        send: (chunks) => {
          for (const chunk of chunks) this.#receive(decoder.decode(chunk));
          return 'sent';
        },
        close: () => {
          this.disconnects += 1;
        },
        terminate: () => {
          this.disconnects += 1;
        },
      },
      format: options.format,
      listener: {
        handleSubscribed() {},
        handleUnsubscribed: () => void this.#subscribe(),
        handleDisconnect: (_session, disconnect) => disconnect,
      },
      heartbeat: { intervalMs: 0, timeoutMs: 0, message: '{}' },
      transport: 'websocket',
      protocol: 'native',
      deviceType: 'desktop',
      remoteAddress: '127.0.0.1',
    });
  }

  async start(user: string): Promise<void> {
    const admitted = await this.#session.authenticate({ user });
    if (!admitted.ok) throw new Error(`refused: ${admitted.error}`);
    await this.#subscribe();
  }

  async #subscribe(): Promise<void> {
    this.#buffered = [];
    const from = this.position;
    const outcome = await this.#session.subscribe(
      this.#channel,
      from === undefined ? {} : { recoverFrom: from },
    );
    if (!outcome.ok) {
      setTimeout(() => void this.#subscribe(), RETRY_MS);
      return;
    }
    const { position, hasRecovered, publications } = outcome.value;
    if (position === undefined) throw new Error('a positioned channel without a position');
    // Two nodes may read history a moment apart: a reset is judged by the end, not by its need.
    this.seen.push({ type: 'subscribed', position, from, hasRecovered, isExcused: true });
    if (!hasRecovered) this.position = position;
    for (const { offset, data } of publications) this.#see(offset, data);
    const buffered = this.#buffered ?? [];
    this.#buffered = undefined;
    for (const { offset, data } of buffered) this.#see(offset, JSON.stringify(data));
  }

  /** What is written before the reply is awaited belongs after it. */
  #receive(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const parsed = JSON.parse(line) as Line;
      if (this.#buffered === undefined) this.#see(parsed.offset, JSON.stringify(parsed.data));
      else this.#buffered.push(parsed);
    }
  }

  #see(offset: number | undefined, data: string): void {
    if (offset === undefined) {
      this.passing.push(data);
      return;
    }
    this.seen.push({ type: 'publication', offset, data });
    if (this.position !== undefined) this.position = { epoch: this.position.epoch, offset };
  }
}
