/** P10: what the SDK weighs in a page: bundled, minified, gzipped, and nothing beside it. */
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import type { Sdk } from '../load/dialects.ts';
import { spreadOf } from '../stats.ts';
import type { Figure, Result, RowReport } from './row.ts';

const CORE = ['createClient'];
const WITH_FEATURES = [...CORE, 'createOutbox', 'createChat', 'createInbox', 'createTasks'];

/** KB of other SDKs in autumn 2026, taken down and not measured here. */
const OTHERS: readonly (readonly [Sdk, number])[] = [
  ['pusher-js', 19.1],
  ['signalr', 14.7],
  ['socket.io-client', 13.6],
  ['phoenix', 7.8],
];

export async function clientSize(): Promise<RowReport> {
  const core = await sizeOf(CORE, '@carillon/client');
  const features = await sizeOf(WITH_FEATURES, '@carillon/client');
  const centrifuge = await sizeOf(['Centrifuge'], 'centrifuge');
  return {
    row: 'P10',
    title: 'Size of the SDK: bundled, minified and gzipped; 1 KB is 1,000 bytes',
    results: [
      resultOf('connection and channels', core, { must: 10, aim: 7.5 }),
      resultOf('with offline queue, chat, inbox and tasks', features, { must: 15, aim: 12 }),
    ],
    figures: [
      figureOf('carillon', CORE.join(', '), core),
      figureOf('carillon', WITH_FEATURES.join(', '), features),
      figureOf('centrifuge', 'all of it, measured in the same way', centrifuge),
      ...OTHERS.map(([sdk, size]) => figureOf(sdk, 'all of it, not measured here', size)),
    ],
  };
}

/** KB of what a page loads that imports these names. */
async function sizeOf(names: readonly string[], from: string): Promise<number> {
  const entry = 'virtual:entry';
  const code = `export { ${names.join(', ')} } from ${JSON.stringify(from)};`;
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    cwd: import.meta.dirname,
    resolve: { conditionNames: ['@carillon/source', 'import', 'browser', 'default'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? { id: `${import.meta.dirname}/entry.js` } : undefined),
        load: (id) => (id.endsWith('/entry.js') ? code : undefined),
      },
    ],
  });
  try {
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    const text = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
    return gzipSync(text, { level: 9 }).length / 1000;
  } finally {
    await bundle.close();
  }
}

const resultOf = (
  what: string,
  size: number,
  bars: { readonly must: number; readonly aim: number },
): Result => ({ id: 'P10', what, unit: 'KB', value: spreadOf([size]), better: 'lower', ...bars });

const figureOf = (system: Figure['system'], what: string, size: number): Figure => ({
  system,
  what,
  unit: 'KB',
  value: spreadOf([size]),
});
