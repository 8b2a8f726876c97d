/** Carries out orders that concern connections of this node, whichever node they were given to. */
import { DISCONNECTS, UNSUBSCRIBES } from '@carillon/protocol';
import type { ChannelPolicy } from '../ports/channel-policy.ts';
import type { ControlCommand } from '../ports/control-bus.ts';
import type { Logger } from '../ports/logger.ts';
import type { ClientSession } from './session.ts';
import type { UserRegistry } from './user-registry.ts';

export interface ControlSubjects {
  readonly registry: UserRegistry;
  readonly policy: ChannelPolicy;
  readonly logger: Logger;
}

/** An order for somebody on this node. */
type PersonalCommand = Exclude<ControlCommand, { readonly type: 'invalidate' }>;

export function handleControl(command: ControlCommand, subjects: ControlSubjects): void {
  const { registry, policy, logger } = subjects;
  if (command.type === 'invalidate') {
    policy.handleInvalidate?.(command.what, command.id);
    return;
  }
  for (const session of registry.sessionsOf(command.user, command.client)) {
    apply(command, session, logger);
  }
}

function apply(command: PersonalCommand, session: ClientSession, logger: Logger): void {
  switch (command.type) {
    case 'disconnect':
      if (command.except?.includes(session.id) === true) return;
      session.disconnect({ code: command.code, reason: command.reason });
      return;
    case 'unsubscribe': {
      const subscription = session.subscription(command.channel);
      if (subscription !== undefined) session.handleUnsubscribed(subscription, UNSUBSCRIBES.server);
      return;
    }
    case 'subscribe':
      void subscribeByServer(session, command.channel, logger);
      return;
    case 'refresh':
      refresh(session, command.expired, command.expiresAt);
  }
}

async function subscribeByServer(
  session: ClientSession,
  channel: string,
  logger: Logger,
): Promise<void> {
  const outcome = await session.subscribe(channel, { isServerSide: true });
  if (outcome.ok) session.init.listener.handleSubscribed(session, channel, outcome.value);
  else logger.debug({ channel, error: outcome.error }, 'server-side subscribe was refused');
}

function refresh(session: ClientSession, isExpired: boolean, expiresAt: number | undefined): void {
  const { identity } = session;
  if (identity === undefined) return;
  if (isExpired) {
    session.disconnect(DISCONNECTS.expired);
    return;
  }
  const { expiresAt: _replaced, ...lasting } = identity;
  session.refresh(expiresAt === undefined ? lasting : { ...lasting, expiresAt });
}
