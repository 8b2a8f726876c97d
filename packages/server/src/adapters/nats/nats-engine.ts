/** Assembles everything that runs over one connection to NATS. */
import type { Engine } from '../../ports/engine.ts';
import type { HealthCheck } from '../../ports/health.ts';
import { createNatsBroker } from './nats-broker.ts';
import { createNatsControlBus } from './nats-control-bus.ts';
import { createNatsDirectory } from './nats-directory.ts';
import { DEFAULT_NATS_LIMITS } from './nats-engine-options.ts';
import type { NatsEngineOptions } from './nats-engine-options.ts';
import { createNatsExternalEvents } from './nats-external-events.ts';
import { openNatsLink } from './nats-link.ts';
import type { NatsLink } from './nats-link.ts';
import { createNatsPresenceStore } from './nats-presence-store.ts';
import { createNatsSharedRates } from './nats-shared-rates.ts';
import { createNatsTicketOffice } from './nats-ticket-office.ts';
import { NodeQuestions } from './node-questions.ts';
import { NodeTable } from './node-table.ts';
import { SharedLines } from './shared-lines.ts';
import { subjectToken } from './subject-token.ts';
import { UserLimits } from './user-limits.ts';

const HEALTH_TIMEOUT_MS = 2_000;

/**
 * Broker on JetStream and core NATS (nats-server ≥ 2.9 with JetStream); presence, directory and
 * surveys answered by the nodes themselves.
 * @throws Error that names the setting, when NATS does not answer within 10 s, refuses the
 * credentials or has no JetStream.
 */
export async function createNatsEngine(options: NatsEngineOptions): Promise<Engine> {
  const { nodeId, clock, random, logger } = options;
  const limits = { ...DEFAULT_NATS_LIMITS, ...options.limits };
  const prefix = subjectToken(options.prefix ?? 'carillon');
  const link = await openNatsLink(options, limits);
  try {
    await requireJetStream(link, options);
    const common = { link, prefix, nodeId, clock, random, logger, limits };
    const nodes = new NodeTable(common);
    const questions = new NodeQuestions({ ...common, nodes });
    await questions.start();
    await nodes.start();
    const userLimits = new UserLimits({ ...common, nodes });
    const marks = new SharedLines<null>('marks', { ...common, nodes });
    await marks.start();
    const timeoutMs = limits.questionTimeoutMs;
    const sharedRates = createNatsSharedRates(common);
    const externalEvents = createNatsExternalEvents(common);
    await link.flushed();
    return {
      name: 'nats',
      broker: createNatsBroker(common),
      presenceStore: createNatsPresenceStore({ link, questions, marks, timeoutMs }),
      controlBus: createNatsControlBus({ ...common, questions }),
      directory: createNatsDirectory({ questions, userLimits, logger, timeoutMs }),
      tickets: createNatsTicketOffice(common),
      sharedRates,
      externalEvents,
      healthChecks: [healthCheck(link)],
      async close() {
        sharedRates.close();
        externalEvents.close();
        questions.close();
        nodes.close();
        if (link.isUp) await link.flushed().catch(() => {});
        await link.close();
      },
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

const healthCheck = (link: NatsLink): HealthCheck => ({
  name: 'nats',
  async check() {
    const timeoutMs = HEALTH_TIMEOUT_MS;
    const answer = await link.request('$JS.API.INFO', '', { timeoutMs });
    const { error } = answer.json<{ readonly error?: { readonly description?: string } }>();
    if (error !== undefined) throw new Error(`JetStream: ${error.description ?? 'unavailable'}`);
  },
});

async function requireJetStream(link: NatsLink, options: NatsEngineOptions): Promise<void> {
  try {
    await healthCheck(link).check();
  } catch (error) {
    const hint = 'NATS_URL: JetStream is not available; start nats-server with --jetstream';
    options.logger.debug({ err: error }, 'JetStream did not answer');
    throw new Error(hint, { cause: error });
  }
}
