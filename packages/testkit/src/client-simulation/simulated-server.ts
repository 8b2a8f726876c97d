/**
 * The real core and the real native protocol in memory. It can be killed and started again, with or
 * without what its broker had kept.
 */
import { type Outcome, type StreamPosition, encodeEventPushes, fail, ok } from '@carillon/protocol';
import { createMemoryBroker } from '../../../server/src/adapters/broker-memory/memory-broker.ts';
import type { Identity } from '../../../server/src/ports/authenticator.ts';
import type { Broker } from '../../../server/src/ports/broker.ts';
import type { ClientSocket } from '../../../server/src/ports/client-socket.ts';
import type {
  FrameReceiver,
  WebSocketEndpoint,
} from '../../../server/src/ports/websocket-endpoint.ts';
import type { WireFormat } from '../../../server/src/ports/wire-format.ts';
import { createNativeEndpoint } from '../../../server/src/protocols/native/native-endpoint.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { FaultyBroker } from '../simulation/faulty-broker.ts';
import type { Published } from '../simulation/history-checker.ts';
import {
  type NodeFixture,
  createNodeFixture,
  namespace,
  silentLogger,
} from '../simulation/node-fixture.ts';

export const HISTORY_SIZE = 20;

const NAMESPACES = [
  ...['ev', 'user'].map((name) =>
    namespace(name, { historySize: HISTORY_SIZE, historyTtlMs: 3_600_000, canRecover: true }),
  ),
  namespace('live', {}),
];

const encoder = new TextEncoder();
const encode = (messages: readonly string[]): Uint8Array =>
  encoder.encode(messages.map((message) => `${message}\n`).join(''));

/** No frames around the text: the simulated wire carries bytes as they are. */
const BARE_LINES: WireFormat = {
  name: 'bare-lines',
  encodeEvents: (channel, events) => encode(encodeEventPushes(channel, events)),
  encodeMessages: encode,
};

/** `<user> <unix seconds>` */
export const tokenOf = (user: string, expiresAt: number): string => `${user} ${expiresAt}`;

export class SimulatedServer {
  readonly broker: FaultyBroker;
  /** Everything that was kept in a channel with history. */
  readonly published = new Map<string, Published[]>();
  readonly #clock: FakeClock;
  readonly #random: SeededRandom;
  #fixture: NodeFixture | undefined;
  #endpoint: WebSocketEndpoint | undefined;
  #life = 0;

  constructor(clock: FakeClock, random: SeededRandom) {
    this.#clock = clock;
    this.#random = random;
    this.broker = new FaultyBroker(createMemoryBroker({ clock, random }));
  }

  get isUp(): boolean {
    return this.#endpoint !== undefined;
  }

  async start(): Promise<void> {
    const fixture = await createNodeFixture({
      clock: this.#clock,
      random: this.#random,
      broker: this.#brokerOfThisLife(),
      namespaces: NAMESPACES,
    });
    this.#fixture = fixture;
    this.#endpoint = createNativeEndpoint({
      connections: fixture.node,
      authenticator: {
        verifyConnection: (token) => this.#verify(token),
        verifySubscription: () => fail('unauthorized'),
      },
      credentials: { resolve: async () => ok(undefined) },
      rpc: { call: async (_session, method) => ok(JSON.stringify({ method })) },
      clock: this.#clock,
      logger: silentLogger(),
      metrics: { count() {}, observe() {} },
      version: '0.0.0',
      allowsAnonymous: false,
      format: BARE_LINES,
    });
  }

  /** As `kill -9`: nobody is told anything. */
  kill(): void {
    this.#life += 1;
    this.#endpoint = undefined;
    this.#fixture = undefined;
  }

  accept(socket: ClientSocket): FrameReceiver | undefined {
    return this.#endpoint?.open(socket, {
      path: '/connection/websocket',
      params: {},
      query: new URLSearchParams(),
      remoteAddress: '127.0.0.1',
    });
  }

  async publish(channel: string, data: string): Promise<void> {
    await this.#fixture?.node.publish(channel, data);
  }

  async end(channel: string): Promise<StreamPosition> {
    return (await this.broker.history(channel, { limit: 0 })).position;
  }

  #verify(token: string): Outcome<Identity> {
    const [user = '', until] = token.split(' ');
    const expiresAt = Number(until);
    return expiresAt * 1000 <= this.#clock.now() ? fail('token_expired') : ok({ user, expiresAt });
  }

  /** What a killed process still wanted from its broker does not happen. */
  #brokerOfThisLife(): Broker {
    const { broker } = this;
    const life = this.#life;
    const isAlive = (): boolean => life === this.#life;
    const never = new Promise<never>(() => {});
    return {
      start: (handler) =>
        broker.start({
          handleEvent: (...event) => isAlive() && handler.handleEvent(...event),
        }),
      subscribe: (channel) => (isAlive() ? broker.subscribe(channel) : never),
      unsubscribe: (channel) => (isAlive() ? broker.unsubscribe(channel) : never),
      history: (channel, query) => (isAlive() ? broker.history(channel, query) : never),
      removeHistory: (channel) => broker.removeHistory(channel),
      close: () => broker.close(),
      publish: async (channel, event, options) => {
        if (!isAlive()) return never;
        const result = await broker.publish(channel, event, options);
        if (result.position && !result.duplicate && event.type === 'publication') {
          const list = this.published.get(channel) ?? [];
          list.push({ ...result.position, data: event.publication.data });
          this.published.set(channel, list);
        }
        return result;
      },
    };
  }
}
