/**
 * One server node: wires the parts of the core and is the only way into it. Has no rules of its own.
 */
import type { ClientInfo, Disconnect, Outcome, RawJson } from '@carillon/protocol';
import type { Broker, HistoryPage, HistoryQuery, PublishResult } from '../ports/broker.ts';
import type { ChannelPolicy } from '../ports/channel-policy.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type {
  ChannelCount,
  ChannelQuery,
  ClusterOverview,
  NodeStatistics,
  OnlineUser,
  OverviewPage,
  StatisticsSample,
  UserQuery,
} from '../ports/cluster-overview.ts';
import type {
  ConnectionHandler,
  ConnectionInit,
  DeviceType,
  Session,
} from '../ports/connection-handler.ts';
import type { ConnectionDirectory, LocalConnections } from '../ports/connection-directory.ts';
import type {
  ControlBus,
  ControlCommand,
  NodeInfo,
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../ports/control-bus.ts';
import { after } from '../ports/eventually.ts';
import type { Eventually } from '../ports/eventually.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Namespace } from '../ports/namespace.ts';
import type { Peers } from '../ports/peers.ts';
import type { PresenceStats, PresenceStore } from '../ports/presence-store.ts';
import type {
  ChannelAdmin,
  Cluster,
  ConnectionAdmin,
  ConnectionInfo,
  ConnectionRegistry,
  ConnectionTotals,
  NodeFigures,
  Publisher,
} from '../ports/server-api.ts';
import type { SharedRates } from '../ports/shared-rates.ts';
import { createAccess } from './access.ts';
import { ChannelService } from './channel-service.ts';
import { userLimitOf } from './connection-limits.ts';
import { handleControl } from './control.ts';
import { PingFrames } from './core-context.ts';
import type { CoreContext } from './core-context.ts';
import { drainConnections } from './drain.ts';
import type { DrainOptions } from './drain.ts';
import { FailureLog } from './failure-log.ts';
import { Hub } from './hub.ts';
import { DEFAULT_CORE_LIMITS } from './limits.ts';
import type { CoreLimits } from './limits.ts';
import { createNamespaces } from './namespaces.ts';
import { channelsHere, channelsOfAll, usersHere, usersOfAll } from './overview.ts';
import { Presence } from './presence.ts';
import { RateExchange } from './rate-exchange.ts';
import { KeyedRateLimit } from './rate-limit.ts';
import { ClientSession } from './session.ts';
import { Tally } from './tally.ts';
import { Tick } from './tick.ts';
import { TimerWheel } from './timer-wheel.ts';
import { UserRegistry } from './user-registry.ts';

/** How this process is called when all are asked. */
export type NodeIdentity = Pick<NodeInfo, 'id' | 'name' | 'version' | 'kind'>;

export interface NodeOptions {
  readonly broker: Broker;
  readonly presenceStore: PresenceStore;
  readonly controlBus: ControlBus;
  readonly directory: ConnectionDirectory;
  /** Absent where there is only one process. */
  readonly sharedRates?: SharedRates;
  readonly identity: NodeIdentity;
  readonly policy: ChannelPolicy;
  /** All of them, the built-in ones included. */
  readonly namespaces: readonly Namespace[];
  /** What differs from `DEFAULT_CORE_LIMITS`. */
  readonly limits?: Partial<CoreLimits>;
  /** Everybody may do everything in every known namespace: for trying out and for test suites. @default false */
  readonly isInsecure?: boolean;
  /** Keeps this node's figures by the second, for `statistics`. @default nothing is kept */
  readonly recorder?: { samples(since?: number): readonly StatisticsSample[] };
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface Node
  extends
    ConnectionHandler,
    Publisher,
    ConnectionRegistry,
    ChannelAdmin,
    ConnectionAdmin,
    Cluster,
    ClusterOverview,
    Peers {
  start(): Promise<void>;
  /** Refuses newcomers, then sends everybody away in paced batches. A second call hurries the first. */
  drain(options?: DrainOptions): Promise<void>;
  /** Sends away whoever is left and closes broker, presence store, directory and control bus. */
  close(): Promise<void>;
  /** Connections subscribed to the channel on this node; 0 for a channel nobody is in. */
  subscriberCount(channel: string): number;
  readonly isDraining: boolean;
  /** The connections of this node alone, at once: for metrics. */
  readonly local: LocalConnections;
  /** The same as counts, without walking. */
  figures(): NodeFigures;
}

/** @throws Error when the namespaces contradict themselves. */
export function createNode(options: NodeOptions): Node {
  return new CoreNode(options);
}

class CoreNode implements Node {
  readonly #options: NodeOptions;
  readonly #context: CoreContext;
  readonly #channels: ChannelService;
  readonly #startedAtMs: number;
  #serial = 0;
  #drains = 0;
  #answerRequest: ((request: NodeRequest) => NodeReply) | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#context = createContext(options, () => this.#drains > 0);
    this.#channels = new ChannelService(this.#context);
    this.#startedAtMs = options.clock.monotonic();
  }

  get local(): LocalConnections {
    return this.#context.registry;
  }

  figures(): NodeFigures {
    return this.#context.registry.figures();
  }

  get isDraining(): boolean {
    return this.#drains > 0;
  }

  get nodeId(): string {
    return this.#options.identity.id;
  }

  async start(): Promise<void> {
    const { registry, hub, controlBus, directory } = this.#context;
    await this.#options.broker.start(hub);
    await directory.start(registry);
    await controlBus.start({
      nodeId: this.nodeId,
      handleRequest: (request) => this.#answerRequest?.(request),
      handleCommand: (command) => handleControl(command, this.#context),
      handleSurvey: (question) => this.#answer(question),
    });
  }

  open(init: ConnectionInit): Session {
    this.#serial += 1;
    const session = new ClientSession(init, this.#context, this.#serial);
    this.#context.registry.addConnecting(session);
    return session;
  }

  async drain(options: DrainOptions = {}): Promise<void> {
    this.#drains += 1;
    const isFirst = this.#drains === 1;
    const sessions = this.#context.registry.everybody();
    const isHurried = (): boolean => !isFirst || this.#drains > 1;
    await drainConnections(sessions, options, { clock: this.#context.clock, isHurried });
  }

  async close(): Promise<void> {
    await this.drain({ durationMs: 0, minBatchSize: Number.MAX_SAFE_INTEGER });
    this.#context.wheel.stop();
    const { broker, presenceStore, controlBus, directory } = this.#options;
    await Promise.all([
      broker.close(),
      presenceStore.close(),
      directory.close(),
      controlBus.close(),
    ]);
  }

  subscriberCount(channel: string): number {
    return this.#context.hub.channel(channel)?.subscriberCount ?? 0;
  }

  publish(
    channel: string,
    data: RawJson,
    options?: Parameters<Publisher['publish']>[2],
  ): Promise<Outcome<PublishResult>> {
    return this.#channels.publish(channel, data, options);
  }

  isOnline(user: string): Eventually<boolean> {
    return after(this.onlineAmong([user]), (online) => online.has(user));
  }

  onlineAmong(users: readonly string[]): Eventually<ReadonlySet<string>> {
    return this.#context.directory.onlineAmong(users);
  }

  connectionsOfUser(user: string): Eventually<readonly ConnectionInfo[]> {
    return this.#context.directory.find({ user });
  }

  connection(connectionId: string): Eventually<ConnectionInfo | undefined> {
    return after(this.#context.directory.find({ connectionId }), ([found]) => found);
  }

  connectionsByDevice(deviceType: DeviceType): Eventually<readonly ConnectionInfo[]> {
    return this.#context.directory.find({ deviceType });
  }

  totals(): Eventually<ConnectionTotals> {
    return this.#context.directory.totals();
  }

  subscribe(user: string, channel: string, client?: string): Promise<Outcome<void>> {
    return this.#channels.subscribe(user, channel, client);
  }

  unsubscribe(user: string, channel: string, client?: string): Promise<Outcome<void>> {
    return this.#channels.unsubscribe(user, channel, client);
  }

  presence(channel: string): Promise<Outcome<readonly ClientInfo[]>> {
    return this.#channels.presence(channel);
  }

  presenceStats(channel: string): Promise<Outcome<PresenceStats>> {
    return this.#channels.presenceStats(channel);
  }

  history(channel: string, query: HistoryQuery): Promise<Outcome<HistoryPage>> {
    return this.#channels.history(channel, query);
  }

  removeHistory(channel: string): Promise<Outcome<void>> {
    return this.#channels.removeHistory(channel);
  }

  channels(pattern?: string): Promise<ReadonlyMap<string, number>> {
    return this.#channels.channels(pattern);
  }

  disconnect(
    user: string,
    options: { disconnect: Disconnect; client?: string; except?: readonly string[] },
  ): Promise<void> {
    const { disconnect, ...target } = options;
    return this.#order({ type: 'disconnect', user, ...target, ...disconnect });
  }

  refresh(
    user: string,
    options: { client?: string; isExpired: boolean; expiresAt?: number },
  ): Promise<void> {
    const { isExpired, ...target } = options;
    return this.#order({ type: 'refresh', user, expired: isExpired, ...target });
  }

  async nodes(): Promise<readonly NodeInfo[]> {
    return (await this.#ask({ type: 'node' }, 'node')).map(({ node }) => node);
  }

  async statistics(since?: number): Promise<readonly NodeStatistics[]> {
    const question = { type: 'statistics', ...(since === undefined ? {} : { since }) } as const;
    return (await this.#ask(question, 'statistics')).map(({ statistics }) => statistics);
  }

  async onlineUsers(query: UserQuery): Promise<OverviewPage<OnlineUser>> {
    const shares = await this.#ask({ type: 'online-users', query }, 'online-users');
    return usersOfAll(
      shares.map(({ users }) => users),
      query.limit,
    );
  }

  async channelCounts(query: ChannelQuery): Promise<OverviewPage<ChannelCount>> {
    const shares = await this.#ask({ type: 'channel-counts', query }, 'channel-counts');
    return channelsOfAll(
      shares.map(({ channels }) => channels),
      query.limit,
    );
  }

  invalidate(what: 'conversation', id: string): Promise<void> {
    return this.#context.controlBus.send({ type: 'invalidate', what, id });
  }

  answerRequests(handler: (request: NodeRequest) => NodeReply): void {
    this.#answerRequest = handler;
  }

  async request(nodeId: string, request: NodeRequest): Promise<NodeReply | undefined> {
    // Here it needs no way, and works while the engine is away.
    if (nodeId === this.nodeId) return this.#answerRequest?.(request);
    const { controlBus, limits } = this.#context;
    return controlBus.request(nodeId, request, limits.requestTimeoutMs);
  }

  /** '' is everybody without a name; an order for one of them must name the connection. */
  async #order(
    command: Extract<ControlCommand, { type: 'disconnect' | 'refresh' }>,
  ): Promise<void> {
    if (command.user === '' && command.client === undefined) return;
    await this.#context.controlBus.send(command);
  }

  /** A node of another version may answer something else, which is left out. */
  async #ask<Type extends SurveyAnswer['type']>(
    question: SurveyQuestion,
    type: Type,
  ): Promise<readonly Extract<SurveyAnswer, { type: Type }>[]> {
    const { controlBus, limits } = this.#context;
    const answers = await controlBus.survey(question, limits.surveyTimeoutMs);
    const isOfType = (answer: SurveyAnswer): answer is Extract<SurveyAnswer, { type: Type }> =>
      answer.type === type;
    return answers.filter(isOfType);
  }

  #answer(question: SurveyQuestion): SurveyAnswer {
    switch (question.type) {
      case 'channels': {
        const channels = Object.fromEntries(this.#channels.localChannels(question.pattern));
        return { type: 'channels', channels };
      }
      case 'channel-counts': {
        const channels = this.#channels.localChannels(question.query.pattern);
        return { type: 'channel-counts', channels: channelsHere(channels, question.query) };
      }
      case 'online-users': {
        const users = usersHere(this.#context.registry, question.query);
        return { type: 'online-users', users };
      }
      case 'statistics': {
        const { devices } = this.figures();
        const samples = this.#options.recorder?.samples(question.since) ?? [];
        return { type: 'statistics', statistics: { node: this.#info(), devices, samples } };
      }
      case 'node':
      // Also for questions of a newer version: they are answered with what every version knows.
      default:
        return { type: 'node', node: this.#info() };
    }
  }

  #info(): NodeInfo {
    const { users, connections } = this.figures();
    const channels = this.#channels.localCount();
    const uptimeMs = this.#context.clock.monotonic() - this.#startedAtMs;
    return { ...this.#options.identity, connections, users, channels, uptimeMs };
  }
}

function createContext(options: NodeOptions, isDraining: () => boolean): CoreContext {
  const { broker, presenceStore, controlBus, directory, policy } = options;
  const { clock, random, logger, metrics } = options;
  const limits: CoreLimits = { ...DEFAULT_CORE_LIMITS, ...options.limits };
  const wheel = new TimerWheel(clock);
  const tally = new Tally(metrics);
  const tick = new Tick(clock, tally);
  const { leaveGraceMs, maxQueuedBytes } = limits;
  const nodeId = options.identity.id;
  const failures = new FailureLog(logger, clock);
  const presence = new Presence({
    broker,
    store: presenceStore,
    wheel,
    logger,
    failures,
    leaveGraceMs,
    nodeId,
  });
  const hub = new Hub({ broker, random, logger, tick, tally, wheel, presence, limits });
  const publishRates = new KeyedRateLimit(limits.publishPerUser, limits.maxRateLimitedUsers);
  const commandRates = new KeyedRateLimit(limits.commandsPerUser, limits.maxRateLimitedUsers);
  shareRates(options, limits, { wheel, publish: publishRates, command: commandRates });
  return {
    broker,
    presenceStore,
    controlBus,
    directory,
    policy,
    clock,
    random,
    logger,
    failures,
    metrics,
    limits,
    userLimit: userLimitOf(limits),
    namespaces: createNamespaces(options.namespaces),
    access: createAccess(policy, options.isInsecure === true),
    hub,
    wheel,
    queues: { tick, tally, maxQueuedBytes },
    registry: new UserRegistry(),
    publishRates,
    commandRates,
    pings: new PingFrames(),
    isDraining,
  };
}

function shareRates(
  { sharedRates, clock, logger }: NodeOptions,
  { rateExchangeIntervalMs: intervalMs }: CoreLimits,
  parts: {
    readonly wheel: TimerWheel;
    readonly publish: KeyedRateLimit;
    readonly command: KeyedRateLimit;
  },
): void {
  if (sharedRates === undefined) return;
  const { wheel, publish, command } = parts;
  const limits = { publish, command };
  void new RateExchange({ rates: sharedRates, limits, intervalMs, wheel, clock, logger });
}
