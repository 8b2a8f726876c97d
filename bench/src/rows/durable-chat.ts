/**
 * P4: chat.send over the native protocol with 128 in flight. Acknowledged means on disk: after the
 * measurement the server is killed (SIGKILL) and the messages in its database are counted.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { summarizeLatencies } from '../load/latency.ts';
import { spreadOf } from '../stats.ts';
import { checkFaults, checkGenerator, VoidRun, withLab } from './lab.ts';
import { alternate, figuresOf, type Sample, type Samples } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

/** Times two people each is 128 in flight. */
const CONVERSATIONS = 64;
const MESSAGE_BYTES = 200;

interface ChatSample extends Sample {
  readonly latency: string;
}

export async function durableChat(options: RowOptions): Promise<RowReport> {
  const plan = { systems: ['carillon'] as const, rounds: options.rounds, title: 'P4 chat' };
  const samples = await alternate(plan, () => measure(options));
  const ours = samples.get('carillon') ?? [];
  const latencies = ours.map(({ latency }) => latency);
  const p99s = latencies.map((one) => summarizeLatencies([one]).p99Ms);
  return {
    row: 'P4',
    title: 'Durable chat over the native protocol, 128 in flight',
    results: [
      {
        id: 'P4',
        what: 'messages acknowledged and on disk',
        unit: '/s',
        value: spreadOf(ours.map(({ value }) => value)),
        must: 10_000,
        aim: 25_000,
        better: 'higher',
      },
      {
        id: 'P4',
        what: 'send to acknowledgement, p99',
        unit: 'ms',
        value: { ...spreadOf(p99s), median: summarizeLatencies(latencies).p99Ms },
        must: 30,
        aim: 15,
        better: 'lower',
      },
    ],
    figures: figuresOf(samples satisfies Samples, { what: 'acknowledged messages', unit: '/s' }),
  };
}

function measure({ isQuick, profileDir }: RowOptions): Promise<ChatSample> {
  return withLab({ system: 'carillon', isPinned: false, profileDir }, async (lab) => {
    const { generator, server, port, secret, dataDir } = lab;
    const people = { conversations: CONVERSATIONS, inFlightEach: 1 };
    await generator.call('startChat', { port, secret, messageBytes: MESSAGE_BYTES, ...people });
    await generator.call('measureChat', { seconds: isQuick ? 1 : 3 });
    const span = await generator.call('measureChat', { seconds: isQuick ? 3 : 8 });
    const all = await generator.call('stopChat');
    checkFaults([...span.faults, ...all.faults]);
    checkGenerator(span.generator);
    if (profileDir === undefined) {
      await server.kill();
      checkStored(dataDir, all.acknowledged);
    }
    const { latency, generator: vitals } = span;
    return { value: span.acknowledged / span.seconds, latency, generator: vitals };
  });
}

function checkStored(dataDir: string, acknowledged: number): void {
  const database = new DatabaseSync(join(dataDir, 'carillon.db'));
  const row = database.prepare('select count(*) as stored from message').get();
  database.close();
  if (row?.['stored'] !== acknowledged) {
    throw new VoidRun(`${acknowledged} acknowledged, ${String(row?.['stored'])} on disk`);
  }
}
