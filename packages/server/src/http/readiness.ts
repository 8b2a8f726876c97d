/**
 * Whether this process should get traffic: every part answers a round trip in time, and it is not
 * draining. One round for all who ask within a second, because a round writes to the disk.
 */
import type { Clock } from '../ports/clock.ts';
import type { HealthCheck } from '../ports/health.ts';

export interface PartHealth {
  readonly status: 'ok' | 'failed';
  readonly ms: number;
  readonly reason?: string;
}

export interface Readiness {
  readonly status: 'ready' | 'not_ready' | 'draining';
  readonly checks: Readonly<Record<string, PartHealth>>;
}

export interface ReadinessDeps {
  readonly healthChecks: readonly HealthCheck[];
  readonly isDraining: () => boolean;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

const SHARED_FOR_MS = 1000;

const inTime = (deps: ReadinessDeps, check: HealthCheck): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = deps.clock.after(deps.timeoutMs, () => {
      reject(new Error(`no answer within ${deps.timeoutMs} ms`));
    });
    check.check().then(resolve, reject).finally(cancel);
  });

const ask = async (deps: ReadinessDeps, check: HealthCheck): Promise<[string, PartHealth]> => {
  const startedAt = deps.clock.monotonic();
  const elapsed = (): number => Math.round((deps.clock.monotonic() - startedAt) * 10) / 10;
  try {
    await inTime(deps, check);
    return [check.name, { status: 'ok', ms: elapsed() }];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [check.name, { status: 'failed', ms: elapsed(), reason }];
  }
};

export const createReadiness = (deps: ReadinessDeps): (() => Promise<Readiness>) => {
  let round: { readonly startedAt: number; readonly result: Promise<Readiness> } | undefined;

  const askAll = async (): Promise<Readiness> => {
    const parts = await Promise.all(deps.healthChecks.map((check) => ask(deps, check)));
    const hasFailed = parts.some(([, part]) => part.status === 'failed');
    return { status: hasFailed ? 'not_ready' : 'ready', checks: Object.fromEntries(parts) };
  };

  return async () => {
    const now = deps.clock.monotonic();
    if (round === undefined || now - round.startedAt > SHARED_FOR_MS) {
      round = { startedAt: now, result: askAll() };
    }
    const readiness = await round.result;
    return deps.isDraining() ? { ...readiness, status: 'draining' } : readiness;
  };
};
