/**
 * A crowd of SDK clients whose network goes away and comes back: the cable is pulled without a
 * goodbye, nothing gets through for a while, then the device says that it is online again. Counts
 * for each client what came, and whether each publication came once and in its place.
 */
import { createClient, type Client, type PageEvent } from '@carillon/client';
import { WebSocket } from 'ws';
import { nowUs } from '../process/vitals.ts';
import { sleep } from '../process/sleep.ts';
import type { BenchMessage } from '../servers/message.ts';
import type { JitterPlan, Jittered } from './calls.ts';
import { channelOf } from './dialects.ts';
import { createLatencies, encodeLatencies, recordLatency } from './latency.ts';
import { Span } from './span.ts';
import { createToken } from './tokens.ts';

const FAULTS_KEPT = 10;

class Wanderer {
  received = 0;
  cuts = 0;
  /** Since when the present connection has been made, monotonic µs. */
  reconnectingUs = 0;
  readonly #client: Client;
  readonly #sockets = new Set<WebSocket>();
  #isAway = false;
  #tell: (event: PageEvent) => void = () => undefined;
  #last = 0;

  constructor(
    { port, secret, groups }: JitterPlan,
    index: number,
    handle: { replayed(us: number): void; fault(text: string): void },
  ) {
    this.#client = createClient({
      url: `http://127.0.0.1:${port}`,
      transports: ['websocket'],
      getToken: () => Promise.resolve(createToken(`user-${index}`, secret)),
      environment: {
        WebSocket: this.#network(),
        isOnline: () => !this.#isAway,
        onPageEvent: (listener) => {
          this.#tell = listener;
          return () => undefined;
        },
      },
    });
    this.#client.state.subscribe(() => {
      if (this.#client.state.get().status === 'connecting') this.reconnectingUs = nowUs();
    });
    const channel = this.#client.channel(channelOf(index % groups));
    channel.onGap(() => handle.fault(`client ${index} was told of a gap`));
    channel.onPublication(({ data }) => {
      // The namespace is this run's own: nobody else publishes there.
      const { t, n } = data as BenchMessage;
      this.received += 1;
      if (n !== this.#last + 1) handle.fault(`client ${index} got ${n} after ${this.#last}`);
      this.#last = n;
      if (t < this.reconnectingUs) handle.replayed(nowUs() - this.reconnectingUs);
    });
    channel.subscribe();
    this.#client.connect();
  }

  get isReady(): boolean {
    return this.#client.state.get().status === 'connected';
  }

  async cut(awayMs: number): Promise<void> {
    this.cuts += 1;
    this.#isAway = true;
    for (const socket of this.#sockets) socket.terminate();
    this.#tell('offline');
    await sleep(awayMs);
    this.#isAway = false;
    this.#tell('online');
  }

  close(): void {
    this.#client.close();
  }

  /** Sockets that end when the cable is pulled, and do not open while it is. */
  #network() {
    const register = (socket: WebSocket): void => {
      socket.on('error', () => undefined);
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.#isAway) socket.terminate();
    };
    class Socket extends WebSocket {
      constructor(url: string | URL) {
        super(url);
        register(this);
      }
    }
    // `ws` follows the browser's interface in all that the SDK uses.
    return Socket as unknown as typeof globalThis.WebSocket;
  }
}

export class JitterCrowd {
  readonly #plan: JitterPlan;
  readonly #wanderers: readonly Wanderer[];
  readonly #faults: string[] = [];
  readonly #replays = createLatencies();

  constructor(plan: JitterPlan) {
    this.#plan = plan;
    const handle = {
      replayed: (us: number) => recordLatency(this.#replays, us),
      fault: (text: string) => {
        if (this.#faults.length < FAULTS_KEPT) this.#faults.push(text);
      },
    };
    this.#wanderers = Array.from(
      { length: plan.clients },
      (_, index) => new Wanderer(plan, index, handle),
    );
  }

  async ready(): Promise<void> {
    while (!this.#wanderers.every(({ isReady }) => isReady)) await sleep(50);
    // Subscribed in the same frame as connected: all that is left is to read the reply.
    await sleep(500);
  }

  /** Cuts everybody now and then, and waits until all have what was published. */
  async run(): Promise<Jittered> {
    const { seconds, perClient, clients } = this.#plan;
    const span = new Span();
    const endUs = nowUs() + seconds * 1e6;
    await Promise.all(this.#wanderers.map((wanderer) => this.#roam(wanderer, endUs)));
    const deadlineUs = nowUs() + 10e6;
    const isShort = ({ received }: Wanderer): boolean => received < perClient;
    while (this.#wanderers.some(isShort) && nowUs() < deadlineUs) await sleep(20);
    for (const [index, { received }] of this.#wanderers.entries()) {
      if (received !== perClient)
        this.#faults.push(`client ${index} got ${received} of ${perClient}`);
    }
    const sum = (count: (wanderer: Wanderer) => number): number =>
      this.#wanderers.reduce((total, wanderer) => total + count(wanderer), 0);
    return {
      expected: perClient * clients,
      received: sum(({ received }) => received),
      cuts: sum(({ cuts }) => cuts),
      faults: this.#faults.slice(0, FAULTS_KEPT),
      replay: encodeLatencies(this.#replays),
      generator: span.end(),
    };
  }

  dropAll(): void {
    for (const wanderer of this.#wanderers) wanderer.close();
  }

  /** Spread over the whole interval from the beginning, then every `everyMs`, give or take a third. */
  async #roam(wanderer: Wanderer, endUs: number): Promise<void> {
    const { everyMs, awayMs } = this.#plan;
    let waitMs = Math.random() * everyMs;
    while (nowUs() + (waitMs + awayMs) * 1000 < endUs) {
      await sleep(waitMs);
      await wanderer.cut(awayMs);
      waitMs = everyMs * (2 / 3 + (Math.random() * 2) / 3) - awayMs;
    }
  }
}
