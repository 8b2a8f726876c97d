/**
 * The one table of settings. Parsing, `--help`, `check-config` and docs/configuration.md come from
 * it; a default stands in it and nowhere else.
 */
import { DELIVERY_SETTINGS } from './delivery-settings.ts';
import { ENGINE_SETTINGS } from './engine-settings.ts';
import { IDENTITY_SETTINGS } from './identity-settings.ts';
import { LIMITS_SETTINGS } from './limits-settings.ts';
import { PUSH_SETTINGS } from './push-settings.ts';
import { QUEUE_SETTINGS } from './queue-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { STORAGE_SETTINGS } from './storage-settings.ts';
import type { Setting } from './setting.ts';
import { UPLOAD_SETTINGS } from './upload-settings.ts';

export const SETTINGS = {
  ...SERVER_SETTINGS,
  ...IDENTITY_SETTINGS,
  ...STORAGE_SETTINGS,
  ...ENGINE_SETTINGS,
  ...DELIVERY_SETTINGS,
  ...PUSH_SETTINGS,
  ...QUEUE_SETTINGS,
  ...LIMITS_SETTINGS,
  ...UPLOAD_SETTINGS,
} as const;

export type SettingKey = keyof typeof SETTINGS;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** Every setting with its value. */
export type Settings = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };
