/** Puts the services of the domain together. The core needs the policy first, so it is connected after. */
import type { ChannelPolicy } from '../ports/channel-policy.ts';
import type { ChannelAdmin, ConnectionRegistry, Publisher } from '../ports/server-api.ts';
import type { BroadcastingService } from './broadcasting/broadcasting-service.ts';
import type { ChatService } from './chat/chat-service.ts';
import type { Rooms } from './chat/rooms.ts';
import type { InboxService } from './inbox/inbox-service.ts';
import type { OutboxRelay } from './push/outbox-relay.ts';
import type { TaskService } from './tasks/task-service.ts';

/** What the domain uses of the running core. */
export interface DomainCore {
  readonly publisher: Publisher;
  readonly registry: ConnectionRegistry;
  readonly channelAdmin: ChannelAdmin;
}

export interface Domain {
  readonly chat: ChatService;
  readonly rooms: Rooms;
  readonly inbox: InboxService;
  readonly tasks: TaskService;
  readonly broadcasting: BroadcastingService;
  /** Given to the core before `connect`. */
  readonly policy: ChannelPolicy;
  /** Started after `connect`, flushed and stopped at a drain. */
  readonly relay: OutboxRelay;
  /** Once, before anything is published: `createDomain` → core with `policy` → `connect`. */
  connect(core: DomainCore): void;
}
