/**
 * One person's word to another in the same room: to all plain connections of that person there,
 * through `user:<id>` to an SDK in the room, and back to the sender's own connections. Not stored.
 */
import { fail, ok, type ClientInfo, type Outcome } from '@carillon/protocol';
import { roomChannel, userChannel } from '../../domain/channels.ts';
import { nameOf, type Person } from './people.ts';
import { privateChannel } from './plain-channels.ts';
import type { PlainDeps } from './plain-deps.ts';
import { privateFrame } from './plain-frames.ts';

export interface PrivateInput {
  readonly room: string;
  readonly sender: Person;
  readonly target: string;
  readonly message: string;
}

/** The verified user of that name where one is present; only else a guest who calls themself so. */
const findTarget = (present: readonly ClientInfo[], name: string): string | undefined =>
  (
    present.find((info) => info.user === name) ??
    present.find((info) => info.user !== '' && nameOf(info) === name)
  )?.user;

/** A connection that the registry does not know (any more, or yet) may be an SDK. */
const hasNative = async (
  deps: PlainDeps,
  present: readonly ClientInfo[],
  user: string,
): Promise<boolean> => {
  const protocols = new Map<string, string>();
  for (const { connectionId, protocol } of await deps.registry.connectionsOfUser(user)) {
    protocols.set(connectionId, protocol);
  }
  return present.some(
    (info) => info.user === user && (protocols.get(info.client) ?? 'native') === 'native',
  );
};

/** Failures: `user_not_connected`, or what the core says. */
export const sendPrivate = async (
  deps: PlainDeps,
  { room, sender, target, message }: PrivateInput,
): Promise<Outcome<void>> => {
  const presence = await deps.channelAdmin.presence(roomChannel(room));
  if (!presence.ok) return presence;
  const user = findTarget(presence.value, target);
  if (user === undefined) return fail('user_not_connected');
  const note = { id: deps.random.id(), from: sender.name, message, atMs: deps.clock.now() };
  if (user !== sender.user) {
    const sent = await deps.publisher.publish(privateChannel(room, user), privateFrame(note));
    if (!sent.ok) return sent;
    if (await hasNative(deps, presence.value, user)) {
      await deps.publisher.publish(userChannel(user), privateFrame({ ...note, room }), {
        nativeOnly: true,
        skipHistory: true,
      });
    }
  }
  const copy = privateFrame({ ...note, to: target });
  const returned = await deps.publisher.publish(privateChannel(room, sender.user), copy);
  return returned.ok ? ok(undefined) : returned;
};
