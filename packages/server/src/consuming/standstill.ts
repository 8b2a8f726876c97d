/**
 * Whether what the procedures stand on (the store, the engine) is away. While it is, nothing is
 * attempted: no message spends its attempts on an outage that none of them caused.
 */
import type { Clock } from '../ports/clock.ts';
import type { HealthCheck } from '../ports/health.ts';
import type { Logger } from '../ports/logger.ts';
import type { Ending } from './pause.ts';

export interface Standstill {
  /** Resolves at once while everything works, else when it does again or the consumer ends. */
  whenHere(): Promise<void>;
  /** After a failure that may not be the message's own: asks. */
  isAway(): Promise<boolean>;
}

export interface StandstillDeps {
  readonly checks: readonly HealthCheck[];
  readonly ending: Ending;
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
  readonly checkMs: number;
}

const CHECK_TIMEOUT_MS = 5_000;

export const createStandstill = (deps: StandstillDeps): Standstill => {
  const { checks, ending, logger } = deps;
  let here: Promise<void> | undefined;
  let asking: Promise<string | undefined> | undefined;

  const askOnce = (): Promise<string | undefined> => {
    asking ??= firstProblem(checks, deps.clock).finally(() => {
      asking = undefined;
    });
    return asking;
  };

  const untilBack = async (): Promise<void> => {
    for (;;) {
      await ending.wait(deps.checkMs);
      if (ending.isEnding) return;
      if ((await askOnce()) === undefined) {
        logger.info({}, 'queues go on');
        return;
      }
    }
  };

  return {
    whenHere: async () => {
      await here;
    },
    isAway: async () => {
      if (here !== undefined) return true;
      const problem = await askOnce();
      if (problem === undefined) return false;
      if (here === undefined) {
        logger.warn({ reason: problem }, 'queues pause until this works again');
        here = untilBack().finally(() => {
          here = undefined;
        });
      }
      return true;
    },
  };
};

async function firstProblem(
  checks: readonly HealthCheck[],
  clock: Pick<Clock, 'after'>,
): Promise<string | undefined> {
  for (const part of checks) {
    try {
      await inTime(part.check(), clock);
    } catch (error) {
      return `${part.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

function inTime(check: Promise<void>, clock: Pick<Clock, 'after'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(CHECK_TIMEOUT_MS, () => {
      reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`));
    });
    check.then(resolve, reject).finally(cancel);
  });
}
