/** Backends that send messages and notifications through nginx all the time, and keep what was acknowledged. */
import type { Topology } from './topology.ts';

const RETRY_MS = 200;

export interface Acknowledged {
  /** Conversation id → ids of messages that were acknowledged. */
  readonly messages: ReadonlyMap<string, Set<string>>;
  /** User → titles of notifications; each is there once. */
  readonly notifications: ReadonlyMap<string, Set<string>>;
  readonly counts: { readonly sent: number; readonly retried: number; readonly slowestMs: number };
}

export interface Traffic {
  readonly acknowledged: Acknowledged;
  /** No new ones; resolves when what is under way was acknowledged. */
  stop(): Promise<void>;
}

export interface TrafficPlan {
  readonly conversations: readonly { readonly id: string; readonly members: readonly string[] }[];
  readonly messagesPerSecond: number;
  readonly notificationsPerSecond: number;
}

export function startTraffic(topology: Topology, plan: TrafficPlan): Traffic {
  const messages = new Map(plan.conversations.map(({ id }) => [id, new Set<string>()]));
  const notifications = new Map<string, Set<string>>();
  const counts = { sent: 0, retried: 0, slowestMs: 0 };
  const underWay = new Set<Promise<void>>();
  let number = 0;

  /** Again and again with the same id, as a careful backend does. */
  async function untilAcknowledged(path: string, body: object): Promise<{ id: string }> {
    const startedAt = performance.now();
    for (;;) {
      try {
        const answer = await topology.call(path, body);
        if (answer.ok) {
          counts.sent += 1;
          counts.slowestMs = Math.max(counts.slowestMs, performance.now() - startedAt);
          return (await answer.json()) as { id: string };
        }
        await answer.body?.cancel();
      } catch {
        // Refused or cut: whether it was stored is not known, which is what the id is for.
      }
      counts.retried += 1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async function sendMessage(): Promise<void> {
    const conversation = pick(plan.conversations);
    const { id } = await untilAcknowledged(`/api/v1/conversations/${conversation.id}/messages`, {
      clientId: `m-${(number += 1)}`,
      sender: pick(conversation.members),
      content: `message ${number}`,
    });
    messages.get(conversation.id)?.add(id);
  }

  async function notify(): Promise<void> {
    const { members } = pick(plan.conversations);
    const dedupeKey = `n-${(number += 1)}`;
    await untilAcknowledged('/api/v1/notifications', {
      users: members,
      title: dedupeKey,
      content: 'x',
      dedupeKey,
    });
    for (const user of members) {
      const known = notifications.get(user) ?? new Set();
      notifications.set(user, known.add(dedupeKey));
    }
  }

  const run = (what: () => Promise<void>): void => {
    const running = what().finally(() => underWay.delete(running));
    underWay.add(running);
  };
  const timers = [
    setInterval(() => run(sendMessage), 1000 / plan.messagesPerSecond),
    setInterval(() => run(notify), 1000 / plan.notificationsPerSecond),
  ];
  return {
    acknowledged: { messages, notifications, counts },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

function pick<T>(list: readonly T[]): T {
  const chosen = list[Math.floor(Math.random() * list.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}
