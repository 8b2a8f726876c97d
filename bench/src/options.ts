/** Command line of `npm run bench`. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly rows: readonly RowId[];
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly writesDocs: boolean;
  readonly isOursOnly: boolean;
  readonly profileDir?: string;
}

export const ROW_IDS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P7', 'P8', 'P10', 'P11', 'W1'] as const;
export type RowId = (typeof ROW_IDS)[number];

export const USAGE = `npm run bench -- [options]

  --rows P1,P3    only these rows (P9 is measured with P7); all when absent
  --rounds N      rounds of alternating systems, default 5; published figures need at least 5
  --quick         one round of short spans, for a look while working
  --ours          Carillon only, without the compared systems
  --profile DIR   write a CPU profile of each server there
  --write-docs    put the figures of the newest complete results into docs/benchmarks.md
  --help
`;

const DEFAULT_ROUNDS = 5;

export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      ours: { type: 'boolean', default: false },
      profile: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rounds = Number(values.rounds ?? (values.quick ? 1 : DEFAULT_ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds must be a whole number from 1, not "${values.rounds}"`);
  }
  return {
    rows: values.rows === undefined ? ROW_IDS : values.rows.split(',').map(toRowId),
    rounds,
    isQuick: values.quick,
    writesDocs: values['write-docs'],
    isOursOnly: values.ours,
    ...(values.profile === undefined ? {} : { profileDir: values.profile }),
  };
}

function toRowId(text: string): RowId {
  const wanted = text.trim().toUpperCase();
  const id = ROW_IDS.find((known) => known === (wanted === 'P9' ? 'P7' : wanted));
  if (id === undefined) throw new Error(`no row "${text}"; there are ${ROW_IDS.join(', ')}`);
  return id;
}
