/** Who gets a push: people who are away. Asked when a change is stored, and again before it is sent. */
import { after, type Eventually } from '../../ports/eventually.ts';
import type { ConnectionRegistry } from '../../ports/server-api.ts';

/** One question for all of them, whatever their number. */
export function usersAway(
  users: readonly string[],
  registry: ConnectionRegistry,
  except: readonly (string | undefined)[] = [],
): Eventually<readonly string[]> {
  const concerned = users.filter((user) => !except.includes(user));
  return after(registry.onlineAmong(concerned), (online) =>
    concerned.filter((user) => !online.has(user)),
  );
}
