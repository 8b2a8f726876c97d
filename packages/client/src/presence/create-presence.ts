/** Presence: asked for with each subscription, then kept by who comes and goes. */
import type { Client } from '../client.ts';
import { platform, type ClientClock } from '../environment.ts';
import { createHeld, type Closable } from '../live/held.ts';
import { createLoader } from '../live/loader.ts';
import { createWritable, type Readable } from '../readable.ts';
import type { Presence, PresenceState } from './presence.ts';

export interface PresenceOptions {
  readonly client: Client;
  readonly clock?: ClientClock;
}

export function createPresence({ client, clock = platform().clock }: PresenceOptions): Presence {
  const watched = createHeld(clock, (name) => watchChannel({ client, clock }, name));
  return {
    watch(channel) {
      const [{ state }, release] = watched.hold(channel);
      return { state, release };
    },
    close: () => watched.close(),
  };
}

function watchChannel(
  { client, clock }: Required<PresenceOptions>,
  name: string,
): Closable & { readonly state: Readable<PresenceState> } {
  const state = createWritable<PresenceState>({ status: 'loading', users: [] });
  const channel = client.channel(name);
  /** Who came or went while the list was on its way. */
  const meanwhile = new Map<string, boolean>();
  const show = (users: Iterable<string>, status = state.get().status): void =>
    state.set({ status, users: [...new Set(users)].toSorted() });

  const loader = createLoader({
    client,
    clock,
    async run() {
      meanwhile.clear();
      const here = await channel.presence();
      const users = here.map(({ user }) => user).filter((user) => meanwhile.get(user) !== false);
      for (const [user, isHere] of meanwhile) if (isHere) users.push(user);
      show(users, 'ready');
    },
    onError: (error) => state.set({ ...state.get(), status: 'error', error }),
  });
  const set = (user: string, isHere: boolean): void => {
    meanwhile.set(user, isHere);
    const others = state.get().users.filter((other) => other !== user);
    show(isHere ? [...others, user] : others);
  };
  const handleState = (): void => {
    const now = channel.state.get();
    if (now.status === 'failed') state.set({ ...state.get(), status: 'error', error: now.error });
    // Joins and leaves are not recovered.
    if (now.status === 'subscribed') void loader.load();
  };
  const stops = [
    channel.onJoin(({ user }) => set(user, true)),
    channel.onLeave(({ user }) => set(user, false)),
    channel.state.subscribe(handleState),
    channel.subscribe(),
  ];
  handleState();
  return {
    state,
    close() {
      for (const stop of stops) stop();
      loader.close();
    },
  };
}
