/**
 * The one door through which the domain publishes. A publication that fails is logged, counted
 * and answered as a Failure: what it speaks of is stored already, so no caller may fall over it.
 */
import { fail, type Outcome, type RawJson } from '@carillon/protocol';
import type { PublishResult } from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Publisher } from '../ports/server-api.ts';
import type { CoreLink } from './core-link.ts';

export interface Announcement {
  /** What it is about, as a metric's label: message, typing, read, member, notification, task, event. */
  readonly kind: string;
  readonly channel: string;
  readonly data: RawJson;
  readonly options?: Parameters<Publisher['publish']>[2];
}

export interface Announcer {
  /** Never rejects. */
  publish(announcement: Announcement): Promise<Outcome<PublishResult>>;
}

export interface AnnouncerDeps {
  readonly core: CoreLink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function createAnnouncer({ core, clock, logger, metrics }: AnnouncerDeps): Announcer {
  const attempt = async (announcement: Announcement): Promise<Outcome<PublishResult>> => {
    try {
      return await core.publisher.publish(
        announcement.channel,
        announcement.data,
        announcement.options,
      );
    } catch (error) {
      return fail('not_available', error instanceof Error ? error.message : String(error));
    }
  };
  return {
    async publish(announcement) {
      const startedAt = clock.monotonic();
      const outcome = await attempt(announcement);
      const seconds = (clock.monotonic() - startedAt) / 1_000;
      const { kind, channel } = announcement;
      metrics.observe('broadcast_seconds', seconds, { kind, result: outcome.ok ? 'ok' : 'failed' });
      if (!outcome.ok) {
        const { error, message } = outcome;
        logger.warn({ kind, channel, error, reason: message }, 'publication failed');
      }
      return outcome;
    },
  };
}
