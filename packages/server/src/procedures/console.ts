/** The operators' procedures, over the console service. Orders leave a line in the log. */
import { fail, ok, type Outcome } from '@carillon/protocol';
import * as declared from '@carillon/protocol/procedures';
import type { Static } from 'typebox';
import { OPERATOR, type Audience } from '../domain/operations/campaigns.ts';
import type { ConsoleOverview, ConsoleService } from '../domain/operations/console-service.ts';
import type { NodeOverview } from '../domain/operations/overview.ts';
import type { OnlineDevice } from '../ports/cluster-overview.ts';
import type { Logger } from '../ports/logger.ts';
import type { Namespace } from '../ports/namespace.ts';
import type { BuriedRow } from '../ports/operator-store.ts';
import type { Actor } from './actor.ts';
import { answer, implement, type Binding } from './binding.ts';
import { taskView } from './views.ts';

/** One process's settings, as text; secrets have no value. */
export interface ShownConfiguration {
  readonly kind: string;
  readonly version: string;
  readonly engine: string;
  readonly store: string;
  readonly settings: readonly {
    readonly name: string;
    readonly group: string;
    readonly value: string | undefined;
    readonly isSecret: boolean;
    readonly isSet: boolean;
    readonly isDefault: boolean;
    readonly description: string;
  }[];
  readonly namespaces: readonly Namespace[];
}

export interface ConsoleDeps {
  readonly service: ConsoleService;
  readonly configuration: ShownConfiguration;
  readonly logger: Logger;
}

const SHOWN_USERS = 100;

const iso = (ms: number): string => new Date(ms).toISOString();

/** For the log. */
const nameOf = (actor: Actor): string =>
  actor.type === 'user' ? actor.user : actor.type === 'backend' ? actor.key : '';

const nodeView = (node: NodeOverview): Static<typeof declared.NodeView> => ({
  id: node.id,
  name: node.name,
  kind: node.kind,
  version: node.version,
  uptime_ms: node.uptimeMs,
  connections: node.connections,
  users: node.users,
  channels: node.channels,
  received_per_second: node.receivedPerSecond,
  sent_per_second: node.sentPerSecond,
});

const overviewView = ({
  series,
  devices,
  nodes,
  outbox,
}: ConsoleOverview): Static<typeof declared.consoleOverview.output> => {
  const { pushFailed, latencyP50Ms, latencyP99Ms, ...columns } = series;
  return {
    series: {
      ...columns,
      push_failed: pushFailed,
      latency_p50_ms: latencyP50Ms,
      latency_p99_ms: latencyP99Ms,
    },
    devices,
    nodes: nodes.map(nodeView),
    ...(outbox !== undefined && {
      outbox: {
        pending: outbox.pending,
        buried: outbox.buried,
        ...(outbox.oldestAt !== undefined && { oldest_at: iso(outbox.oldestAt) }),
      },
    }),
  };
};

const onlineDeviceView = (device: OnlineDevice) => ({
  connection_id: device.connectionId,
  device_type: device.deviceType,
  connected_at: iso(device.connectedAt),
  transport: device.transport,
  protocol: device.protocol,
});

/** An entry of the outbox names a user, and behind a separator what is left to do. */
const usersOf = ({ pushTo }: BuriedRow): string[] => [
  ...new Set(
    pushTo.map((entry) => entry.split('\u001f', 1)[0] ?? '').filter((user) => user !== ''),
  ),
];

const pushView = (row: BuriedRow): Static<typeof declared.FailedPushView> => {
  const users = usersOf(row);
  return {
    id: row.id,
    kind: row.kind,
    reference: JSON.parse(row.reference) as unknown,
    users: users.slice(0, SHOWN_USERS),
    users_count: users.length,
    // The one that made it give up was not counted any more.
    attempts: row.attempts + 1,
    reason: row.reason,
    created_at: iso(row.createdAt),
    failed_at: iso(row.buriedAt),
  };
};

/** What is going on. */
const watching = ({ service }: ConsoleDeps): readonly Binding[] => [
  implement(declared.consoleOverview, async (query) =>
    answer(overviewView(await service.overview(query))),
  ),
  implement(declared.consoleUsers, async ({ cursor, ...query }) => {
    const page = { ...query, ...(cursor !== undefined && { after: cursor }) };
    const { items, hasMore } = await service.onlineUsers(page);
    const users = items.map(({ devices, ...user }) => ({
      ...user,
      devices: devices.map(onlineDeviceView),
    }));
    const last = items.at(-1);
    return answer({ users, ...(hasMore && last !== undefined && { next: last.user }) });
  }),
  implement(declared.consoleChannels, async ({ cursor, ...query }) => {
    const page = { ...query, ...(cursor !== undefined && { after: cursor }) };
    const { items, hasMore } = await service.channels(page);
    const last = items.at(-1);
    return answer({
      channels: items.map((item) => ({ ...item })),
      ...(hasMore && last !== undefined && { next: last.channel }),
    });
  }),
  implement(declared.consoleChannel, async ({ channel }) => {
    const detail = await service.channel(channel);
    if (!detail.ok) return detail;
    const { subscribers, presence, history } = detail.value;
    return answer({
      channel,
      subscribers,
      ...(presence !== undefined && {
        presence: {
          connections: presence.connections,
          clients: presence.clients.map(({ user, client }) => ({ user, connection_id: client })),
        },
      }),
      ...(history !== undefined && {
        history: {
          epoch: history.position.epoch,
          offset: history.position.offset,
          publications: history.publications.map(({ offset, info, data }) => ({
            ...(offset !== undefined && { offset }),
            ...(info !== undefined && { user: info.user }),
            data: JSON.parse(data) as unknown,
          })),
        },
      }),
    });
  }),
];

const audienceOf = (
  audience: 'users' | 'online' | 'everybody',
  users: readonly string[] | undefined,
): Outcome<Audience> => {
  if ((users !== undefined) !== (audience === 'users')) {
    return fail('invalid_field', '"users" belongs to the audience "users", and only to it');
  }
  return ok(audience === 'users' ? { type: audience, users: users ?? [] } : { type: audience });
};

const working = ({ service, logger }: ConsoleDeps): readonly Binding[] => [
  implement(declared.consoleNotify, async ({ audience, users, ...notice }, { actor }) => {
    const recipients = audienceOf(audience, users);
    if (!recipients.ok) return recipients;
    const owner = actor.type === 'user' ? actor.user : OPERATOR;
    const started = await service.campaigns.start(notice, recipients.value, owner);
    if (!started.ok) return started;
    const { id, totalSteps } = started.value;
    const by = nameOf(actor);
    logger.info({ by, audience, users: totalSteps, task: id }, 'console: notice to many');
    return answer(taskView(started.value));
  }),
  implement(declared.consoleTasks, async (query) => {
    const listed = await service.allTasks(query);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    return answer({ tasks: items.map(taskView), ...(next !== undefined && { next }) });
  }),
  implement(declared.consoleTask, async ({ task_id: id }) => {
    const task = await service.tasks.get({ backend: true }, id);
    return task.ok ? answer(taskView(task.value)) : task;
  }),
  implement(declared.consoleCancelTask, async ({ task_id: id }, { actor }) => {
    const task = await service.tasks.cancelRequest({ backend: true }, id);
    if (!task.ok) return task;
    logger.info({ by: nameOf(actor), task: id }, 'console: task asked to stop');
    return answer(taskView(task.value));
  }),
];

const pushing = ({ service, logger }: ConsoleDeps): readonly Binding[] => [
  implement(declared.consolePushes, async (page) => {
    const listed = await service.failedPushes(page);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    return answer({ pushes: items.map(pushView), ...(next !== undefined && { next }) });
  }),
  implement(declared.consoleResendPushes, async ({ ids }, { actor }) => {
    const resent = await service.resend(ids);
    if (!resent.ok) return resent;
    logger.info({ by: nameOf(actor), resent: resent.value }, 'console: failed pushes due again');
    return answer({ resent: resent.value });
  }),
  implement(declared.consoleDiscardPushes, async ({ ids }, { actor }) => {
    const discarded = await service.discard(ids);
    if (!discarded.ok) return discarded;
    logger.info({ by: nameOf(actor), ids }, 'console: failed pushes discarded');
    return answer({ ok: true } as const);
  }),
];

const configuring = ({ configuration }: ConsoleDeps): readonly Binding[] => [
  implement(declared.consoleConfiguration, () => {
    const { settings, namespaces, ...rest } = configuration;
    return answer({
      ...rest,
      settings: settings.map(({ name, group, value, isSecret, isSet, isDefault, description }) => ({
        name,
        group,
        ...(value !== undefined && { value }),
        is_secret: isSecret,
        is_set: isSet,
        is_default: isDefault,
        description,
      })),
      namespaces: namespaces.map((namespace) => ({
        name: namespace.name,
        history_size: namespace.historySize,
        history_ttl_ms: namespace.historyTtlMs,
        has_presence: namespace.hasPresence,
        has_recovery: namespace.canRecover,
      })),
    });
  }),
];

export const bindConsole = (deps: ConsoleDeps): readonly Binding[] => [
  ...watching(deps),
  ...working(deps),
  ...pushing(deps),
  ...configuring(deps),
];
