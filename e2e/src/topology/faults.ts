/** What is done to a running installation, and what must be true again soon afterwards. */
import type { Crowd } from './crowd.ts';
import type { Member, Topology } from './topology.ts';
import { until } from './until.ts';

/** What a dead node's people may take to be nobody's again. */
export const PRESENCE_WITHIN_MS = 15_000;
const BACK_WITHIN_MS = 20_000;

export interface FaultPlan {
  readonly redisRestarts: number;
  readonly pubSubKills: number;
  readonly postgresRestarts: number;
}

export interface Trial {
  readonly topology: Topology;
  readonly crowd: Crowd;
  /** Says what is being done. */
  note(text: string): void;
}

/** Every process: kill -9, then SIGTERM, each time started again. */
export async function killEachProcess({ topology, crowd, note }: Trial): Promise<void> {
  for (const member of topology.members) {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      note(`${member.name}: ${signal}, started again`);
      await member.kill(signal);
      if (signal === 'SIGKILL') await crowdIsRight(topology, crowd);
      await member.start();
      await crowdIsRight(topology, crowd);
    }
  }
}

/** A process that stands still (SIGSTOP) and goes on: to the others it was dead. */
export async function freezeOne({ topology, crowd, note }: Trial): Promise<void> {
  const [member] = topology.membersOf('websocket');
  if (member === undefined) throw new Error('no websocket process');
  note(`${member.name}: SIGSTOP for 12 s, SIGCONT`);
  process.kill(member.server.pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  process.kill(member.server.pid, 'SIGCONT');
  await crowdIsRight(topology, crowd);
}

export async function troubleRedis(
  { topology, crowd, note }: Trial,
  plan: FaultPlan,
): Promise<void> {
  note(`Redis restarted ${plan.redisRestarts} times, without its data`);
  for (let count = 0; count < plan.redisRestarts; count += 1) {
    await topology.redis.restart();
    await crowdIsRight(topology, crowd);
  }
  note(`PUB/SUB connections killed ${plan.pubSubKills} times`);
  for (let count = 0; count < plan.pubSubKills; count += 1) {
    await topology.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until('the PUB/SUB connections are back', BACK_WITHIN_MS, async () => {
      const list = await topology.redis.command('CLIENT', 'LIST', 'TYPE', 'pubsub');
      const open = list.split('\n').filter((line) => line !== '').length;
      return open >= topology.members.length ? undefined : `${open} are open`;
    });
  }
  await crowdIsRight(topology, crowd);
}

export async function troublePostgres(
  { topology, crowd, note }: Trial,
  plan: FaultPlan,
): Promise<void> {
  note(`PostgreSQL restarted ${plan.postgresRestarts} times (immediate)`);
  for (let count = 0; count < plan.postgresRestarts; count += 1) {
    await topology.postgres.restart('immediate');
    const title = `stored after crash ${count}`;
    await until(title, BACK_WITHIN_MS, () => storeProblem(topology, title));
  }
  await crowdIsRight(topology, crowd);
}

/** Every HTTP process must be able to store again, and say so. */
async function storeProblem(topology: Topology, title: string): Promise<string | undefined> {
  for (const { name, server } of topology.membersOf('http')) {
    const notification = { users: ['somebody-else'], title, content: 'x', dedupeKey: title };
    const answer = await fetch(`${server.url}/api/v1/notifications`, {
      method: 'POST',
      headers: { 'X-API-Key': server.apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(notification),
    }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok !== true) return `${name} answers ${answer?.status ?? 'nothing'}`;
  }
  return undefined;
}

/** Everybody is back, and every process says so: totals, presence, and what other programs read in Redis. */
export async function crowdIsRight(topology: Topology, crowd: Crowd): Promise<void> {
  await crowd.gathered(BACK_WITHIN_MS);
  await until('totals and presence are right', PRESENCE_WITHIN_MS, async () => {
    const everybody = crowd.clients.length;
    const online = Number(await topology.redis.command('SCARD', 'ws:online_users'));
    if (online !== everybody) return `ws:online_users has ${online} of ${everybody}`;
    for (const member of topology.membersOf('http')) {
      const wrong = await totalsProblem(member, everybody);
      if (wrong !== undefined) return wrong;
    }
    return presenceProblem(topology, crowd);
  });
}

async function totalsProblem({ name, server }: Member, everybody: number) {
  const headers = { 'X-API-Key': server.apiKey };
  const answer = await fetch(`${server.url}/api/ws/stats`, { headers }).catch(() => undefined);
  // A process that is down at the moment has nothing to say.
  if (answer?.ok !== true) return undefined;
  const { total_users: users, total_connections: connections } = (await answer.json()) as {
    total_users: number;
    total_connections: number;
  };
  const isRight = users === everybody && connections === everybody;
  return isRight ? undefined : `${name} counts ${users} people, ${connections} connections`;
}

async function presenceProblem(topology: Topology, crowd: Crowd): Promise<string | undefined> {
  for (const { id, members } of crowd.conversations) {
    const answer = await topology
      .call('/api/presence_stats', { channel: `chat:${id}` })
      .catch(() => undefined);
    if (answer?.ok !== true) return `nginx has no answer: ${answer?.status ?? 'cut'}`;
    const { result } = (await answer.json()) as { result?: { num_users: number } };
    if (result?.num_users !== members.length) {
      return `chat:${id} has ${result?.num_users ?? '?'} of ${members.length} present`;
    }
  }
  return undefined;
}
