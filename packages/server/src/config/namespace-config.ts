/** Namespaces as an operator writes them, and the built-in ones that chat, inbox and tasks need. */
import type { AccessRule, Namespace } from '../ports/namespace.ts';
import { closest } from './closest.ts';
import { duration } from './duration.ts';

const ACCESS_RULES = ['anyone', 'authenticated', 'owner', 'member', 'token', 'none'] as const;
const SLOW_CONSUMERS = ['disconnect', 'latest'] as const;
const HISTORY_TTL = duration({ min: '1s', max: '30d' });
const MAX_HISTORY_SIZE = 10_000;

const DEFAULTS: Namespace = {
  name: '',
  subscribe: 'authenticated',
  publish: 'none',
  historySize: 0,
  historyTtlMs: 300_000,
  canRecover: false,
  hasPresence: false,
  hasJoinLeave: false,
  slowConsumer: 'disconnect',
};

const TEN_MINUTES_MS = 600_000;

/** Kept for the product's own channels; an operator cannot redefine them. */
export function builtInNamespaces(options: { isRoomOpen: boolean }): readonly Namespace[] {
  const kept = { historyTtlMs: TEN_MINUTES_MS, canRecover: true };
  const roomAccess = options.isRoomOpen ? 'anyone' : 'authenticated';
  const social = { hasPresence: true, hasJoinLeave: true };
  return [
    { ...DEFAULTS, ...kept, name: 'user', subscribe: 'owner', historySize: 100 },
    { ...DEFAULTS, ...kept, ...social, name: 'chat', subscribe: 'member', historySize: 300 },
    { ...DEFAULTS, name: 'task', subscribe: 'owner', slowConsumer: 'latest' },
    { ...DEFAULTS, ...kept, name: 'stream', subscribe: 'owner', historySize: 300 },
    {
      ...DEFAULTS,
      ...kept,
      ...social,
      name: 'room',
      subscribe: roomAccess,
      publish: roomAccess,
      historySize: 300,
    },
  ];
}

const BUILT_IN_NAMES = new Set(
  builtInNamespaces({ isRoomOpen: false }).map((namespace) => namespace.name),
);

type Entry = Readonly<Record<string, unknown>>;

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function readNamespaces(
  value: unknown,
  origin: string,
  problems: string[],
): readonly Namespace[] {
  if (!Array.isArray(value)) {
    problems.push(`${origin}: "namespaces" must be a list of objects`);
    return [];
  }
  const namespaces: Namespace[] = [];
  const names = new Set<string>();
  for (const [index, entry] of value.entries()) {
    const label = `${origin}: namespaces[${index}]`;
    if (!isEntry(entry)) {
      problems.push(`${label} must be an object`);
      continue;
    }
    const namespace = readNamespace(entry, label, problems);
    if (names.has(namespace.name)) problems.push(`${label}: "${namespace.name}" stands twice`);
    names.add(namespace.name);
    namespaces.push(namespace);
  }
  return namespaces;
}

const KEYS = [
  'name',
  'subscribe',
  'publish',
  'history',
  'recover',
  'presence',
  'joinLeave',
  'slowConsumer',
] as const;

function readNamespace(entry: Entry, label: string, problems: string[]): Namespace {
  for (const key of Object.keys(entry)) {
    if (!KEYS.some((known) => known === key)) {
      problems.push(`${label}: unknown key "${key}"; did you mean "${closest(key, KEYS)}"?`);
    }
  }
  const report = (problem: string): void => void problems.push(`${label}: ${problem}`);
  const history = readHistory(entry['history'], report);
  const canRecover = readFlag(entry, 'recover', report);
  if (canRecover && history.historySize === 0) {
    report('recover needs history; add "history": {"size": 100, "ttl": "300s"}');
  }
  const slowConsumer = readWord(entry, 'slowConsumer', {
    known: SLOW_CONSUMERS,
    fallback: DEFAULTS.slowConsumer,
    report,
  });
  if (canRecover && slowConsumer === 'latest') {
    report('slowConsumer "latest" drops publications, so recover must be false');
  }
  const hasJoinLeave = readFlag(entry, 'joinLeave', report);
  const hasPresence = readFlag(entry, 'presence', report);
  return {
    name: readName(entry['name'], report),
    subscribe: readWord(entry, 'subscribe', {
      known: ACCESS_RULES,
      fallback: DEFAULTS.subscribe,
      report,
    }),
    publish: readWord(entry, 'publish', {
      known: ACCESS_RULES,
      fallback: DEFAULTS.publish,
      report,
    }),
    ...history,
    canRecover,
    hasPresence,
    hasJoinLeave,
    slowConsumer,
  };
}

type Report = (problem: string) => void;

function readName(value: unknown, report: Report): string {
  if (typeof value !== 'string' || !/^[a-zA-Z0-9_.-]{0,64}$/.test(value)) {
    report(
      '"name" must be up to 64 letters, digits, "_", "-" or "."; "" rules channels without a prefix',
    );
    return '';
  }
  if (BUILT_IN_NAMES.has(value)) report(`"${value}" is built in; choose another name`);
  return value;
}

function readFlag(entry: Entry, key: string, report: Report): boolean {
  const value = entry[key] ?? false;
  if (typeof value === 'boolean') return value;
  report(`"${key}" must be true or false`);
  return false;
}

function readWord<const T extends AccessRule | Namespace['slowConsumer']>(
  entry: Entry,
  key: string,
  options: { known: readonly T[]; fallback: T; report: Report },
): T {
  const value = entry[key];
  if (value === undefined) return options.fallback;
  const found = options.known.find((word) => word === value);
  if (found !== undefined) return found;
  options.report(
    `"${key}": ${JSON.stringify(value)} is not known; use one of ${options.known.join(', ')}`,
  );
  return options.fallback;
}

function readHistory(
  value: unknown,
  report: Report,
): Pick<Namespace, 'historySize' | 'historyTtlMs'> {
  const none = { historySize: 0, historyTtlMs: DEFAULTS.historyTtlMs };
  if (value === undefined) return none;
  const example = 'write {"size": 200, "ttl": "300s"}';
  if (!isEntry(value)) {
    report(`"history" must be an object; ${example}`);
    return none;
  }
  const stray = Object.keys(value).find((key) => key !== 'size' && key !== 'ttl');
  if (stray !== undefined) report(`"history" has an unknown key "${stray}"; ${example}`);
  const size = value['size'];
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > MAX_HISTORY_SIZE) {
    report(`"history.size" must be a whole number, 0–${MAX_HISTORY_SIZE}; ${example}`);
    return none;
  }
  const lifetime = value['ttl'] ?? '300s';
  const ttl =
    typeof lifetime === 'string' || typeof lifetime === 'number'
      ? HISTORY_TTL.read(String(lifetime))
      : ({ ok: false, problem: 'must be a duration like "300s"' } as const);
  if (!ttl.ok) {
    report(`"history.ttl": ${ttl.problem}`);
    return none;
  }
  return { historySize: size, historyTtlMs: ttl.value };
}
