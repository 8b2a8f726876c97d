/**
 * What the components say: three languages, any text of which an application may replace, and
 * numbers and times written by `Intl` in the visitor's region. Rendering reads no clock: `nowMs` is
 * always given.
 */
import { en } from './texts/en.ts';
import type { UiTextTable } from './texts/en.ts';
import { zhHans } from './texts/zh-hans.ts';
import { zhHant } from './texts/zh-hant.ts';

export type UiLocale = 'en' | 'zh-Hant' | 'zh-Hans';
export type UiTextKey = keyof UiTextTable;
/** Keys that come as `key.one` and `key.other`. */
export type UiCountedKey = UiTextKey extends infer Key
  ? Key extends `${infer Stem}.other`
    ? Stem
    : never
  : never;
export type UiTextParams = Readonly<Record<string, string | number>>;

const TABLES: Readonly<Record<UiLocale, UiTextTable>> = {
  en,
  'zh-Hant': zhHant,
  'zh-Hans': zhHans,
};

export interface UiTextOptions {
  /** Any BCP 47 tag: 'en-GB', 'zh-TW'. What is not Chinese is written in English. @default en */
  readonly locale?: string;
  /** Own words for some texts. */
  readonly overrides?: Partial<UiTextTable>;
  /** For clock times and days. @default that of the device */
  readonly timeZone?: string;
}

export interface UiTexts {
  readonly locale: UiLocale;
  readonly t: (key: UiTextKey, params?: UiTextParams) => string;
  /** The singular or plural text for `n`. */
  readonly count: (key: UiCountedKey, n: number, params?: UiTextParams) => string;
  readonly number: (n: number) => string;
  /** 0 to 100, as the language writes it: '25%'. */
  readonly percent: (value: number) => string;
  /** 14:05 or 2:05 PM. */
  readonly clockTime: (atMs: number) => string;
  /** Day and time, for a title attribute. */
  readonly dateTime: (atMs: number) => string;
  /** 'Today', 'Yesterday', or the date. */
  readonly day: (atMs: number, nowMs: number) => string;
  /** The day as a key: the same text for two moments of one day. */
  readonly dayKey: (atMs: number) => string;
  /** '5 minutes ago'. */
  readonly relativeTime: (atMs: number, nowMs: number) => string;
  /** '2 minutes', rounded to one unit. */
  readonly duration: (ms: number) => string;
}

/** The language of ours that suits a tag best. A script says it outright, a region hints at it. */
export function uiLocaleOf(tag: string): UiLocale {
  const [primary, ...rest] = tag.toLowerCase().split('-');
  if (primary !== 'zh') return 'en';
  if (rest.includes('hans')) return 'zh-Hans';
  return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-Hant' : 'zh-Hans';
}

export function createUiTexts(options: UiTextOptions = {}): UiTexts {
  const tag = options.locale ?? 'en';
  const locale = uiLocaleOf(tag);
  const table: Readonly<Record<string, string>> = { ...TABLES[locale], ...options.overrides };
  const region = /^(en|zh)\b/i.test(tag) ? tag : locale;
  const zone = options.timeZone === undefined ? {} : { timeZone: options.timeZone };
  const plural = new Intl.PluralRules(region);
  const fill = (key: string, params: UiTextParams = {}): string =>
    (table[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(params[name] ?? whole),
    );
  return {
    locale,
    t: fill,
    count: (key, n, params) =>
      fill(`${key}.${plural.select(n) === 'one' ? 'one' : 'other'}`, {
        n: n.toLocaleString(region),
        ...params,
      }),
    ...createFormats(region, zone, fill),
  };
}

type Formats = Omit<UiTexts, 'locale' | 't' | 'count'>;

function createFormats(
  region: string,
  zone: { readonly timeZone?: string },
  t: (key: UiTextKey) => string,
): Formats {
  const percent = new Intl.NumberFormat(region, { style: 'percent', maximumFractionDigits: 0 });
  const clock = new Intl.DateTimeFormat(region, { hour: '2-digit', minute: '2-digit', ...zone });
  const full = new Intl.DateTimeFormat(region, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...zone,
  });
  const date = new Intl.DateTimeFormat(region, { dateStyle: 'long', ...zone });
  const key = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone });
  const relative = new Intl.RelativeTimeFormat(region, { numeric: 'auto' });
  const dayKey = (atMs: number): string => key.format(atMs);
  return {
    number: (n) => n.toLocaleString(region),
    percent: (value) => percent.format(value / 100),
    clockTime: (atMs) => clock.format(atMs),
    dateTime: (atMs) => full.format(atMs),
    dayKey,
    day: (atMs, nowMs) => {
      const day = dayKey(atMs);
      if (day === dayKey(nowMs)) return t('day.today');
      if (day === dayKey(nowMs - UNIT_MS.day)) return t('day.yesterday');
      return date.format(atMs);
    },
    relativeTime: (atMs, nowMs) => {
      const { unit, n } = inUnits(nowMs - atMs);
      // Clocks of two machines differ a little: what has just happened is never in the future.
      return relative.format(unit === 'second' ? 0 : -n, unit);
    },
    duration: (ms) => {
      const { unit, n } = inUnits(ms);
      return new Intl.NumberFormat(region, {
        style: 'unit',
        unit,
        unitDisplay: 'long',
      }).format(Math.max(1, n));
    },
  };
}

const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** In the largest unit of which there is one at least. */
function inUnits(ms: number): { readonly unit: keyof typeof UNIT_MS; readonly n: number } {
  const unit =
    ms >= UNIT_MS.day
      ? 'day'
      : ms >= UNIT_MS.hour
        ? 'hour'
        : ms >= UNIT_MS.minute
          ? 'minute'
          : 'second';
  return { unit, n: Math.round(ms / UNIT_MS[unit]) };
}
