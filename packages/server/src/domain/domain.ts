/**
 * Puts the services of the domain together. The core needs the policy before it can be made, and
 * the services need the core to publish: so the core is connected afterwards.
 */
import type { ChannelPolicy } from '../ports/channel-policy.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PushSender } from '../ports/push-sender.ts';
import type { Store } from '../ports/store.ts';
import { createAnnouncer } from './announcer.ts';
import { chatChannel } from './channels.ts';
import {
  createBroadcastingService,
  type BroadcastingService,
} from './broadcasting/broadcasting-service.ts';
import { createChannelPolicy } from './channel-policy.ts';
import { createChatService, type ChatService } from './chat/chat-service.ts';
import { createConversationDirectory } from './chat/conversation-directory.ts';
import { createMessageSender } from './chat/message-sender.ts';
import { createRooms, type Rooms } from './chat/rooms.ts';
import { createCoreLink, type CoreLink } from './core-link.ts';
import { createInboxService, type InboxService } from './inbox/inbox-service.ts';
import { createNotificationDelivery } from './inbox/notification-delivery.ts';
import {
  DEFAULT_DOMAIN_LIMITS,
  DEFAULT_RELAY_LIMITS,
  type DomainLimits,
  type RelayLimits,
} from './limits.ts';
import type { Deliverer } from './push/delivery.ts';
import { directPushSource } from './push/direct-push.ts';
import { createOutboxRelay, type OutboxRelay } from './push/outbox-relay.ts';
import { createTaskService, type TaskService } from './tasks/task-service.ts';
import {
  createUploadService,
  type UploadService,
  type UploadTools,
} from './uploads/upload-service.ts';

export interface Domain {
  readonly chat: ChatService;
  readonly rooms: Rooms;
  readonly inbox: InboxService;
  readonly tasks: TaskService;
  readonly uploads: UploadService;
  readonly broadcasting: BroadcastingService;
  /** Given to the core before `connect`. */
  readonly policy: ChannelPolicy;
  /** Started after `connect`, flushed and stopped at a drain. */
  readonly relay: OutboxRelay;
  /** Once, before anything is published: `createDomain` → core with `policy` → `connect`. */
  connect(core: CoreLink): void;
}

export interface DomainDeps {
  readonly store: Store;
  /** Each gets every push; a failing one does not make another repeat. */
  readonly pushSenders: readonly PushSender[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Workers send the pushes: this process only publishes what it commits, and its relay is not started. @default false */
  readonly leavesPushes?: boolean;
  /** Tells programs outside what was sent to everybody. Never rejects. */
  readonly announceBroadcast?: (json: string) => Promise<void>;
  /** @default there are no uploads */
  readonly uploads?: UploadTools;
  /** Over DEFAULT_DOMAIN_LIMITS. */
  readonly limits?: Partial<DomainLimits>;
  /** Over DEFAULT_RELAY_LIMITS. */
  readonly relayLimits?: Partial<RelayLimits>;
}

export function createDomain(deps: DomainDeps): Domain {
  const limits = { ...DEFAULT_DOMAIN_LIMITS, ...deps.limits };
  const core = createCoreLink();
  const announcer = createAnnouncer({ ...deps, core });
  const directory = createConversationDirectory({
    ...limits,
    store: deps.store.chat,
    clock: deps.clock,
    onMembersGone: (id, users) => {
      for (const user of users) void core.channelAdmin.unsubscribe(user, chatChannel(id));
    },
  });
  const relaying = createRelaying(() => relay);
  const shared = { ...deps, core, announcer, directory, limits, deliverer: relaying };

  const sender = createMessageSender({ ...shared, ...limits });
  const delivery = createNotificationDelivery(shared);
  const work = createTaskService({ ...shared, store: deps.store.tasks });
  const relay = createOutboxRelay({
    ...deps,
    outbox: deps.store.outbox,
    senders: deps.pushSenders,
    limits: { ...DEFAULT_RELAY_LIMITS, ...deps.relayLimits },
    sources: {
      message: sender.source,
      notification: delivery.source,
      task: work.source,
      push: directPushSource,
    },
  });

  const chat = createChatService({
    ...shared,
    sender,
    store: deps.store.chat,
    uploads: deps.store.uploads,
  });
  const rooms = createRooms({ ...shared, sender, store: deps.store.chat });
  const inbox = createInboxService({ ...shared, delivery });
  const { tasks } = work;
  return {
    chat,
    rooms,
    inbox,
    tasks,
    uploads: createUploadService({ ...shared, store: deps.store.uploads }),
    broadcasting: createBroadcastingService({
      ...shared,
      chat,
      inbox,
      chatStore: deps.store.chat,
      outbox: deps.store.outbox,
    }),
    policy: createChannelPolicy({ directory, rooms, tasks, taskStore: deps.store.tasks }),
    relay: flushingFirst(relay, () => work.flush()),
    connect: (running) => core.connect(running),
  };
}

const flushingFirst = (relay: OutboxRelay, flush: () => void): OutboxRelay => ({
  start: () => relay.start(),
  async flush() {
    flush();
    await relay.flush();
  },
  stop: () => relay.stop(),
});

/** The services are made before the relay, which needs them to rebuild what a crash left. */
function createRelaying(relay: () => Deliverer): Deliverer {
  return {
    hold: (outboxId) => relay().hold(outboxId),
    settle: (outboxId) => relay().settle(outboxId),
    deliver: (outboxId, delivery, pushTo) => relay().deliver(outboxId, delivery, pushTo),
  };
}
