/**
 * A start that needs somebody else's server ends in bounded time: with the part, or with one
 * sentence that names the setting and what to do about it.
 */
import { ConfigError } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';

/** How long an adapter waits for a server that may be just starting. */
export const CONNECT_TIMEOUT_MS = 8_000;
/** For an adapter that does not end its wait. */
export const START_TIMEOUT_MS = 9_500;

/** The address without what is secret in it. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return 'the address that is set';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

export interface Start<T extends { close(): Promise<void> }> {
  /** The setting that names the server: `REDIS_URL`. */
  readonly setting: string;
  /** What cannot be reached, for people: `redis://cache:6379`. */
  readonly target: string;
  readonly open: () => Promise<T>;
  /** Absent: as long as it takes (a migration of large tables). */
  readonly timeoutMs?: number;
}

/** @throws ConfigError with one problem. */
export async function startPart<T extends { close(): Promise<void> }>(
  clock: Clock,
  start: Start<T>,
): Promise<T> {
  try {
    return await openInTime(clock, start);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([problemOf(start, error)]);
  }
}

async function openInTime<T extends { close(): Promise<void> }>(
  clock: Clock,
  { open, timeoutMs }: Start<T>,
): Promise<T> {
  const opening = open();
  if (timeoutMs === undefined) return opening;
  const late = Promise.withResolvers<never>();
  let isLate = false;
  const cancel = clock.after(timeoutMs, () => {
    isLate = true;
    late.reject(new Error(`no answer within ${timeoutMs / 1000} s`));
  });
  // One that succeeds after all is let go of again.
  opening.then(
    (part) => (isLate ? part.close() : undefined),
    () => undefined,
  );
  try {
    return await Promise.race([opening, late.promise]);
  } finally {
    cancel();
  }
}

function problemOf<T extends { close(): Promise<void> }>(
  { setting, target }: Start<T>,
  error: unknown,
): string {
  const reason = reasonOf(error);
  const problem = reason.includes(setting)
    ? reason
    : `${setting}: ${target} cannot be used (${reason})`;
  // Some adapters know better what to do.
  return problem.includes('; ') ? problem : `${problem}; start it, or correct ${setting}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(reasonOf))].join(', ');
  }
  const message = error instanceof Error ? error.message : String(error);
  return message === '' && error instanceof Error ? error.name : message;
}
