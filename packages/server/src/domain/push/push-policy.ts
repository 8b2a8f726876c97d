/** Who gets a push: people who are away. Asked when a change is stored, and again before it is sent. */
import type { ConnectionRegistry } from '../../ports/server-api.ts';

export function usersAway(
  users: readonly string[],
  registry: ConnectionRegistry,
  except: readonly (string | undefined)[] = [],
): readonly string[] {
  return users.filter((user) => !except.includes(user) && !registry.isOnline(user));
}
