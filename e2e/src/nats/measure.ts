/**
 * How many publications a second go over a nats-server on this machine, and how long one takes:
 * the figures of docs/nats.md. Not a test.
 *
 *   node --conditions=@carillon/source e2e/src/nats/measure.ts
 */
import type { ChannelEvent } from '../../../packages/protocol/src/publication.ts';
import { startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import type { PublishOptions } from '../../../packages/server/src/ports/broker.ts';
import type { Engine } from '../../../packages/server/src/ports/engine.ts';
import { newInstallation, startNode } from './nats-nodes.ts';

const SECONDS = 3;
const KEPT: PublishOptions = { historySize: 100, historyTtlMs: 300_000 };
const EVENT: ChannelEvent = {
  type: 'publication',
  publication: { data: JSON.stringify({ text: 'x'.repeat(190) }) },
};

interface Row {
  readonly what: string;
  readonly nodes: number;
  readonly channels: number;
  readonly inFlight: number;
  readonly options: PublishOptions;
  readonly hasKey?: boolean;
}

const ROWS: readonly Row[] = [
  { what: 'passing', nodes: 1, channels: 1, inFlight: 128, options: {} },
  { what: 'kept', nodes: 1, channels: 1, inFlight: 1, options: KEPT },
  { what: 'kept', nodes: 1, channels: 1, inFlight: 128, options: KEPT },
  { what: 'kept', nodes: 1, channels: 128, inFlight: 128, options: KEPT },
  { what: 'kept, with key', nodes: 1, channels: 1, inFlight: 128, options: KEPT, hasKey: true },
  { what: 'kept, with key', nodes: 1, channels: 128, inFlight: 128, options: KEPT, hasKey: true },
  { what: 'kept', nodes: 2, channels: 1, inFlight: 128, options: KEPT },
  { what: 'kept, with key', nodes: 2, channels: 1, inFlight: 128, options: KEPT, hasKey: true },
  { what: 'kept, with key', nodes: 2, channels: 128, inFlight: 128, options: KEPT, hasKey: true },
];

const nats = await startNats();
for (const row of ROWS) {
  const prefix = newInstallation();
  const engines = await Promise.all(
    Array.from({ length: row.nodes }, () => startNode(nats.url, prefix)),
  );
  let delivered = 0;
  for (const { broker } of engines) {
    await broker.start({ handleEvent: () => void (delivered += 1) });
    for (let channel = 0; channel < row.channels; channel += 1)
      await broker.subscribe(`m:${channel}`);
  }
  const durations = await load(engines, row);
  const complete = durations.length * row.nodes;
  while (delivered < complete) await new Promise((resolve) => setTimeout(resolve, 5));
  durations.sort((one, two) => one - two);
  const at = (share: number): string =>
    (durations[Math.floor(durations.length * share)] ?? 0).toFixed(1);
  const rate = Math.round(durations.length / SECONDS);
  const who = `${row.nodes} node(s), ${row.channels} channel(s), ${row.inFlight} in flight`;
  process.stdout.write(`${row.what}, ${who}: ${rate}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
  await Promise.all(engines.map((engine) => engine.close()));
}
await nats.stop();

/** Milliseconds of each publication. */
async function load(engines: readonly Engine[], row: Row): Promise<number[]> {
  const durations: number[] = [];
  const endsAt = performance.now() + SECONDS * 1_000;
  let serial = 0;
  const publishers = Array.from({ length: row.inFlight }, async (_, index) => {
    const { broker } = engines[index % engines.length] ?? {};
    for (;;) {
      const startedAt = performance.now();
      if (startedAt > endsAt) return;
      serial += 1;
      const key = row.hasKey === true ? { idempotencyKey: `k${serial}` } : {};
      await broker?.publish(`m:${index % row.channels}`, EVENT, { ...row.options, ...key });
      durations.push(performance.now() - startedAt);
    }
  });
  await Promise.all(publishers);
  return durations;
}
