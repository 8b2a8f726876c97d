/** The providers of NOTIFICATION_PROVIDER; each gets every push. */
import { createLoggingPushSender } from '../adapters/push-logging/logging-push-sender.ts';
import { createWebhookPushSender } from '../adapters/push-webhook/webhook-push-sender.ts';
import type { Config } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { PushSender } from '../ports/push-sender.ts';

export function createPushSenders(
  { settings }: Config,
  deps: { readonly clock: Clock; readonly logger: Logger },
): readonly PushSender[] {
  const senders: PushSender[] = [];
  if (settings.notificationProviders.includes('logging'))
    senders.push(createLoggingPushSender(deps));
  const { webhookUrl, webhookSecret, webhookAllowPrivate } = settings;
  const isWebhook = settings.notificationProviders.includes('webhook');
  if (isWebhook && webhookUrl !== undefined && webhookSecret !== undefined) {
    senders.push(
      createWebhookPushSender({
        url: webhookUrl,
        secret: webhookSecret,
        allowPrivateHosts: webhookAllowPrivate,
        ...deps,
      }),
    );
  }
  return senders;
}
