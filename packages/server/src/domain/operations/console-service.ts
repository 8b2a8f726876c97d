/**
 * What the operators' console asks and orders, put together from the services that do it. Has no
 * access rules: whoever may call is checked where the call comes in.
 */
import {
  ok,
  type ClientInfo,
  type Outcome,
  type Publication,
  type StreamPosition,
} from '@carillon/protocol';
import type {
  ChannelCount,
  ClusterOverview,
  DeviceCounts,
  OnlineUser,
  OverviewPage,
} from '../../ports/cluster-overview.ts';
import type { OperatorStore } from '../../ports/operator-store.ts';
import type { OutboxStore } from '../../ports/outbox-store.ts';
import type { ChannelAdmin } from '../../ports/server-api.ts';
import type { TaskStatus, Task } from '../../ports/task-store.ts';
import { pageSize } from '../input-rules.ts';
import { storing } from '../storing.ts';
import type { TaskService } from '../tasks/task-service.ts';
import type { Campaigns } from './campaigns.ts';
import { devicesOf, nodesOf, seriesOf, type NodeOverview, type Series } from './overview.ts';

export interface ConsoleOverview {
  readonly series: Series;
  readonly devices: DeviceCounts;
  readonly nodes: readonly NodeOverview[];
  /** Absent while the store is away: the other figures do not need it. */
  readonly outbox?: Awaited<ReturnType<OutboxStore['stats']>>;
}

export interface ChannelDetail {
  readonly subscribers: number;
  /** Absent: the namespace keeps none. */
  readonly presence?: { readonly connections: number; readonly clients: readonly ClientInfo[] };
  /** Newest first. Absent: the namespace keeps none. */
  readonly history?: {
    readonly position: StreamPosition;
    readonly publications: readonly Publication[];
  };
}

interface Page {
  /** The last name of the page before. */
  readonly after?: string;
  readonly limit?: number;
}

type StorePage = { readonly cursor?: string; readonly limit?: number };

export interface ConsoleService {
  readonly campaigns: Campaigns;
  readonly tasks: TaskService;
  /** Of one node where `node` names it; of all otherwise. */
  overview(query: { readonly since?: number; readonly node?: string }): Promise<ConsoleOverview>;
  onlineUsers(query: Page & { readonly prefix?: string }): Promise<OverviewPage<OnlineUser>>;
  channels(query: Page & { readonly pattern?: string }): Promise<OverviewPage<ChannelCount>>;
  channel(channel: string): Promise<Outcome<ChannelDetail>>;
  allTasks(
    query: StorePage & { readonly status?: TaskStatus },
  ): Promise<Outcome<{ items: readonly Task[]; next?: string }>>;
  failedPushes(page: StorePage): Promise<Outcome<Awaited<ReturnType<OperatorStore['listBuried']>>>>;
  resend(ids: readonly number[] | 'all'): Promise<Outcome<number>>;
  discard(ids: readonly number[]): Promise<Outcome<void>>;
}

export interface ConsoleServiceDeps {
  readonly overview: ClusterOverview;
  readonly channelAdmin: Pick<ChannelAdmin, 'presence' | 'history' | 'channels'>;
  readonly store: OperatorStore;
  readonly outbox: Pick<OutboxStore, 'stats'>;
  readonly tasks: TaskService;
  readonly campaigns: Campaigns;
}

/** Items of a page that asks for no number, and at most. */
const PAGE = { fallback: 50, max: 100 };
const SHOWN_CLIENTS = 200;
const SHOWN_PUBLICATIONS = 50;

export function createConsoleService(deps: ConsoleServiceDeps): ConsoleService {
  const { overview, channelAdmin, store, outbox, tasks, campaigns } = deps;
  const limitOf = ({ limit }: { readonly limit?: number }): number => pageSize(limit, PAGE);
  return {
    campaigns,
    tasks,
    async overview({ since, node }) {
      const [nodes, waiting] = await Promise.all([
        overview.statistics(since),
        storing(async () => ok(await outbox.stats())),
      ]);
      const shown = node === undefined ? nodes : nodes.filter((each) => each.node.id === node);
      return {
        series: seriesOf(shown),
        devices: devicesOf(shown),
        nodes: nodesOf(nodes),
        ...(waiting.ok && { outbox: waiting.value }),
      };
    },
    onlineUsers: (query) => overview.onlineUsers({ ...query, limit: limitOf(query) }),
    channels: (query) => overview.channelCounts({ ...query, limit: limitOf(query) }),
    channel: (channel) => detailOf(channel, channelAdmin),
    allTasks: (query) =>
      storing(async () => ok(await store.listAllTasks({ ...query, limit: limitOf(query) }))),
    failedPushes: (page) =>
      storing(async () => ok(await store.listBuried({ ...page, limit: limitOf(page) }))),
    resend: (ids) => storing(async () => ok(await store.unbury(ids))),
    discard: (ids) => storing(async () => ok(await store.discardBuried(ids))),
  };
}

async function detailOf(
  channel: string,
  channelAdmin: ConsoleServiceDeps['channelAdmin'],
): Promise<Outcome<ChannelDetail>> {
  const [counts, presence, history] = await Promise.all([
    channelAdmin.channels(channel),
    channelAdmin.presence(channel),
    channelAdmin.history(channel, { limit: SHOWN_PUBLICATIONS, reverse: true }),
  ]);
  for (const part of [presence, history]) {
    if (!part.ok && part.error !== 'not_available') return part;
  }
  return ok({
    subscribers: counts.get(channel) ?? 0,
    ...(presence.ok && {
      presence: {
        connections: presence.value.length,
        clients: presence.value.slice(0, SHOWN_CLIENTS),
      },
    }),
    ...(history.ok && { history: history.value }),
  });
}
