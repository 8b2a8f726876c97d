/**
 * Programs that know only NATS: `nats pub notifications.<user> <json>` notifies a user, and
 * `ws.broadcast` tells what was sent to everybody. These names carry no prefix. A queue group
 * gives each notification to one node only.
 */
import type { ExternalEvents } from '../../ports/external-events.ts';
import type { Logger } from '../../ports/logger.ts';
import type { NatsLink } from './nats-link.ts';

const NOTIFICATIONS = 'notifications.';
const BROADCAST = 'ws.broadcast';

export interface NatsExternalEvents extends ExternalEvents {
  close(): void;
}

export function createNatsExternalEvents(dependencies: {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly logger: Logger;
}): NatsExternalEvents {
  const { link, prefix, logger } = dependencies;
  let end = (): void => {};
  return {
    async start(handler) {
      end = link.subscribe(
        `${NOTIFICATIONS}>`,
        ({ subject, data }) => {
          void handler(userOf(subject), Buffer.from(data).toString());
        },
        prefix,
      );
      await link.flushed();
    },
    announceBroadcast(json) {
      try {
        link.publish(BROADCAST, json);
      } catch (error) {
        logger.debug({ err: error }, 'a broadcast could not be announced');
      }
      return Promise.resolve();
    },
    close: () => end(),
  };
}

/** The rest of the subject; what a subject cannot carry stands there as in a URL: `ann%20b`. */
function userOf(subject: string): string {
  const name = subject.slice(NOTIFICATIONS.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
