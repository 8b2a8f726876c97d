/** The users procedures and connection tickets, over the core's look-ups. */
import { DISCONNECTS, fail } from '@carillon/protocol';
import * as declared from '@carillon/protocol/procedures';
import type { InboxService } from '../domain/inbox/inbox-service.ts';
import type { ConnectionAdmin, ConnectionRegistry } from '../ports/server-api.ts';
import type { TicketOffice } from '../ports/ticket-office.ts';
import { requireSubject } from './actor.ts';
import { answer, implement, type Binding } from './binding.ts';
import { deviceView } from './views.ts';

export interface UsersDeps {
  readonly registry: ConnectionRegistry;
  readonly connectionAdmin: ConnectionAdmin;
  readonly inbox: InboxService;
  readonly tickets: TicketOffice;
}

export const bindUsers = ({
  registry,
  connectionAdmin,
  inbox,
  tickets,
}: UsersDeps): readonly Binding[] => [
  implement(declared.usersPresence, async ({ users }) => {
    const online = await registry.onlineAmong(users);
    const look = async (user: string) => {
      const connections = online.has(user) ? (await registry.connectionsOfUser(user)).length : 0;
      return { user, online: connections > 0, connections };
    };
    return answer({ users: await Promise.all(users.map(look)) });
  }),
  implement(declared.usersDevices, async ({ user_id: user }, { actor }) => {
    if (actor.type === 'user' && actor.user !== user && !actor.isAdmin) {
      return fail('permission_denied', "only one's own devices are shown");
    }
    return answer({ devices: (await registry.connectionsOfUser(user)).map(deviceView) });
  }),
  implement(declared.usersDisconnect, async (input) => {
    const { user_id: user, connection_id: client, reconnect = false } = input;
    const disconnect = reconnect ? DISCONNECTS.force_reconnect : DISCONNECTS.force_no_reconnect;
    await connectionAdmin.disconnect(user, {
      disconnect,
      ...(client !== undefined && { client }),
    });
    return answer({ ok: true } as const);
  }),
  implement(declared.usersEvent, async ({ user_id: user, event }, { rawBody }) => {
    const published = await inbox.eventFor(user, rawBody ?? JSON.stringify(event));
    return published.ok ? answer({ accepted: true } as const) : published;
  }),
  implement(declared.ticketsCreate, async ({ user }, { actor, identity }) => {
    const holder = requireSubject(actor, user, 'user');
    if (!holder.ok) return holder;
    // Without the token's claims a ticket would outlive the token it stands for.
    if (actor.type === 'user' && identity === undefined) {
      return fail('not_available', 'ask for a ticket over HTTP, with the token');
    }
    const { ticket, expiresInMs } = await tickets.issue(identity ?? { user: holder.value });
    return answer({ ticket, expires_in: Math.floor(expiresInMs / 1000) });
  }),
];
