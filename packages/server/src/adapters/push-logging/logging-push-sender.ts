/** The default provider: one line per push, so that an operator sees who would have been told what. */
import type { Logger } from '../../ports/logger.ts';
import type { Push, PushSender } from '../../ports/push-sender.ts';

/** The body stays out at info: it is somebody's message. */
export function createLoggingPushSender({ logger }: { readonly logger: Logger }): PushSender {
  return {
    name: 'logging',
    send(push: Push) {
      const { id, user, title, collapseKey, badge, mobileOnly } = push;
      const why = mobileOnly === true ? 'phones and tablets only' : 'user is away';
      logger.info({ provider: 'logging', id, user, title, collapseKey, badge, why }, 'push');
      logger.debug({ id, bodyCharacters: push.body.length, link: push.link }, 'push content');
      return Promise.resolve({ type: 'delivered' });
    },
    close: () => Promise.resolve(),
  };
}
