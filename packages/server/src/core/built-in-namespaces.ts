/** The namespaces that chat, inbox, tasks and public rooms live in. Operators add theirs, but cannot change these. */
import type { Namespace } from '../ports/namespace.ts';

const TEN_MINUTES_MS = 10 * 60_000;

export function builtInNamespaces(options: {
  readonly allowsAnonymous: boolean;
}): readonly Namespace[] {
  const roomAccess = options.allowsAnonymous ? 'anyone' : 'authenticated';
  return [
    {
      name: 'user',
      subscribe: 'owner',
      publish: 'none',
      historySize: 100,
      historyTtlMs: TEN_MINUTES_MS,
      canRecover: true,
      hasPresence: false,
      hasJoinLeave: false,
      slowConsumer: 'disconnect',
    },
    {
      name: 'chat',
      subscribe: 'member',
      publish: 'none',
      historySize: 300,
      historyTtlMs: TEN_MINUTES_MS,
      canRecover: true,
      hasPresence: true,
      hasJoinLeave: true,
      slowConsumer: 'disconnect',
    },
    {
      name: 'task',
      subscribe: 'owner',
      publish: 'none',
      historySize: 0,
      historyTtlMs: 0,
      canRecover: false,
      hasPresence: false,
      hasJoinLeave: false,
      slowConsumer: 'latest',
    },
    {
      name: 'room',
      subscribe: roomAccess,
      publish: roomAccess,
      historySize: 300,
      historyTtlMs: TEN_MINUTES_MS,
      canRecover: true,
      hasPresence: true,
      hasJoinLeave: true,
      slowConsumer: 'disconnect',
    },
  ];
}
