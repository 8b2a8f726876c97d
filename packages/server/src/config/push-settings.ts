import { choices, flag, integer, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

export const PUSH_SETTINGS = {
  notificationProviders: setting({
    env: 'NOTIFICATION_PROVIDER',
    kind: choices(['logging', 'webhook', 'webpush', 'firebase', 'apns']),
    default: ['logging'],
    group: 'push',
    description:
      'Where pushes for people who are away go; several at once are separated by commas. logging and webhook are in this version.',
  }),
  firebaseCredentialsPath: optional({
    env: 'FIREBASE_CREDENTIALS_PATH',
    kind: text,
    group: 'push',
    description: 'Service account file of the firebase provider (not in this version).',
  }),
  webhookUrl: optional({
    env: 'PUSH_WEBHOOK_URL',
    kind: text,
    group: 'push',
    description: 'Where the webhook provider posts.',
  }),
  webhookSecret: optional({
    env: 'PUSH_WEBHOOK_SECRET',
    kind: text,
    group: 'push',
    isSecret: true,
    description: 'Key of the HMAC-SHA256 signature of every post.',
  }),
  webhookAllowPrivate: setting({
    env: 'PUSH_WEBHOOK_ALLOW_PRIVATE',
    kind: flag,
    default: false,
    group: 'push',
    description: 'Let the webhook go to private and loopback addresses (off: guards against SSRF).',
  }),
  pushMaxAttempts: setting({
    env: 'PUSH_MAX_ATTEMPTS',
    kind: integer({ min: 1, max: 100 }),
    default: 8,
    group: 'push',
    description: 'Attempts before a push is given up and kept for the operator.',
  }),
} as const;
