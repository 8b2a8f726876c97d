/**
 * The judgement at the end: what was acknowledged is stored, once and without a hole; everybody
 * heard all of it or was told that something may be missing; all heard it in the same order.
 */
import type { ChannelLog } from './channel-log.ts';
import type { Crowd } from './crowd.ts';
import type { Topology } from './topology.ts';
import type { Acknowledged } from './traffic.ts';

const PAGE = 100;

export interface Audit {
  readonly stored: number;
  readonly heard: number;
  readonly recovered: number;
  readonly gapsTold: number;
  readonly duplicates: number;
  /** Must be empty. */
  readonly violations: readonly string[];
}

interface StoredMessage {
  readonly id: string;
  readonly seq: number;
}

export async function audit(
  topology: Topology,
  crowd: Crowd,
  acknowledged: Acknowledged,
): Promise<Audit> {
  const violations: string[] = [];
  let stored = 0;
  for (const conversation of crowd.conversations) {
    const messages = await allMessages(topology, crowd, conversation);
    stored += messages.length;
    const sent = acknowledged.messages.get(conversation.id) ?? new Set();
    checkStored(conversation.id, { messages, sent }, violations);
    const logs = conversation.members.map((user) => crowd.clientOf(user).chat);
    checkSameOrder(conversation.id, logs, violations);
  }
  const missed = missedBy(crowd, acknowledged);
  if (missed !== undefined) violations.push(missed);
  const logs = crowd.clients.flatMap(({ chat, inbox }) => [chat, inbox]);
  for (const { user, chat, inbox, faults } of crowd.clients) {
    for (const fault of [...faults, ...chat.faults, ...inbox.faults]) {
      violations.push(`${user}: ${fault}`);
    }
  }
  const sum = (of: (log: ChannelLog) => number): number =>
    logs.reduce((total, log) => total + of(log), 0);
  return {
    stored,
    heard: sum((log) => log.ids.size),
    recovered: sum((log) => log.recovered),
    gapsTold: sum((log) => log.gaps),
    duplicates: sum((log) => log.duplicates),
    violations,
  };
}

async function allMessages(
  topology: Topology,
  crowd: Crowd,
  { id, members }: { readonly id: string; readonly members: readonly string[] },
): Promise<readonly StoredMessage[]> {
  const headers = { Authorization: `Bearer ${await crowd.token(members[0] ?? '')}` };
  const found: StoredMessage[] = [];
  for (;;) {
    const after = found.at(-1)?.seq ?? 0;
    const url = `${topology.nginx.url}/api/v1/conversations/${id}/messages?after=${after}&limit=${PAGE}`;
    const answer = await fetch(url, { headers });
    const { messages } = (await answer.json()) as { messages: readonly StoredMessage[] };
    if (messages.length === 0) return found;
    found.push(...messages);
  }
}

function checkStored(
  conversation: string,
  { messages, sent }: { messages: readonly StoredMessage[]; sent: ReadonlySet<string> },
  violations: string[],
): void {
  for (const [index, { seq }] of messages.entries()) {
    if (seq !== index + 1) violations.push(`${conversation}: seq ${seq} at place ${index + 1}`);
  }
  const ids = new Set(messages.map(({ id }) => id));
  // Everything that was begun was retried until it was acknowledged: more would be a message sent twice.
  if (ids.size !== sent.size) {
    violations.push(`${conversation}: ${ids.size} stored, ${sent.size} acknowledged`);
  }
  for (const id of sent) if (!ids.has(id)) violations.push(`${conversation}: ${id} was lost`);
}

/** Who still lacks something that was acknowledged, and was not told so. */
export function missedBy(crowd: Crowd, acknowledged: Acknowledged): string | undefined {
  const violations: string[] = [];
  for (const { id, members } of crowd.conversations) {
    const sent = acknowledged.messages.get(id) ?? new Set();
    for (const user of members) {
      checkHeard(`${user} in ${id}`, { log: crowd.clientOf(user).chat, sent }, violations);
    }
  }
  for (const [user, sent] of acknowledged.notifications) {
    checkHeard(`user:${user}`, { log: crowd.clientOf(user).inbox, sent }, violations);
  }
  return violations.length === 0
    ? undefined
    : `${violations.length} lack something: ${violations[0]}`;
}

/** Who was told of a gap reads the rest from the database; everybody else must have heard it all. */
function checkHeard(
  channel: string,
  { log, sent }: { log: ChannelLog; sent: ReadonlySet<string> },
  violations: string[],
): void {
  if (log.gaps > 0) return;
  const missing = [...sent].filter((id) => !log.ids.has(id));
  if (missing.length > 0) {
    violations.push(`${channel}: ${missing.length} of ${sent.size} were missed without a word`);
  }
}

function checkSameOrder(
  conversation: string,
  logs: readonly ChannelLog[],
  violations: string[],
): void {
  const agreed = new Map<string, string>();
  for (const { order } of logs) {
    for (const [position, id] of order) {
      const other = agreed.get(position);
      if (other === undefined) agreed.set(position, id);
      else if (other !== id) violations.push(`${conversation}: ${position} is ${id} and ${other}`);
    }
  }
}
