/**
 * The features a page may use (E7), and what needs which: calls, channels and publications. What
 * makes them fail is guard-client.ts.
 */
import { CarillonError } from '../carillon-error.ts';

export const FEATURES = [
  /** Conversations and messages. */
  'messaging',
  'typing_indicator',
  /** Uploads, pictures and files in messages. */
  'file_upload',
  'voice_note',
  /** The bell. */
  'system_notifications',
  /** Who is there: presence, joins and leaves, devices. */
  'user_monitoring',
  /** The numbers of the console. */
  'real_time_stats',
] as const;

export type Feature = (typeof FEATURES)[number];

/** Beginnings of method names; of two that fit, the longer one decides. */
const METHODS: readonly (readonly [string, Feature])[] = [
  ['chat.typing', 'typing_indicator'],
  ['chat.', 'messaging'],
  ['upload.', 'file_upload'],
  ['inbox.', 'system_notifications'],
  ['users.', 'user_monitoring'],
  ['console.', 'real_time_stats'],
];

const PUBLICATIONS: Readonly<Record<string, Feature>> = {
  message: 'messaging',
  read: 'messaging',
  member: 'messaging',
  typing: 'typing_indicator',
  notification: 'system_notifications',
  'notification.updated': 'system_notifications',
  counts: 'system_notifications',
};

/** What a call needs, in the order it is asked for; nothing: every page that connects may (tasks, tickets). */
export function featuresOfCall(method: string, input?: unknown): readonly Feature[] {
  const feature = METHODS.find(([prefix]) => method.startsWith(prefix))?.[1];
  if (feature === undefined) return [];
  const kind = method === 'chat.send' ? fieldOf(input, 'kind') : undefined;
  if (kind === 'voice') return [feature, 'voice_note'];
  return kind === 'image' || kind === 'file' ? [feature, 'file_upload'] : [feature];
}

export const featureOfChannel = (name: string): Feature | undefined =>
  name.startsWith('chat:') ? 'messaging' : undefined;

export function featureOfPublication(data: unknown): Feature | undefined {
  const type = fieldOf(data, 'type');
  return typeof type === 'string' && Object.hasOwn(PUBLICATIONS, type)
    ? PUBLICATIONS[type]
    : undefined;
}

/** What a page is told that asks for what its route does not list. */
export const featureOff = (feature: Feature): CarillonError =>
  new CarillonError({
    code: 0,
    name: 'feature_off',
    message: `this page does not use ${feature}: add it to the features of its route`,
    isTemporary: false,
  });

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value)).get(name);
}
