/** Which languages there are, which one a browser wants, and the texts of each. */
import { en } from './en.ts';
import type { MessageKey, Messages } from './en.ts';
import { zhHans } from './zh-hans.ts';
import { zhHant } from './zh-hant.ts';

/** BCP 47 tags, the same that the server takes as `?lang=`. */
export type Locale = 'en' | 'zh-Hant' | 'zh-Hans';

export const LOCALES: Readonly<Record<Locale, { name: string; messages: Messages }>> = {
  en: { name: 'English', messages: en },
  'zh-Hant': { name: '繁體中文', messages: zhHant },
  'zh-Hans': { name: '简体中文', messages: zhHans },
};

export const isLocale = (value: unknown): value is Locale =>
  typeof value === 'string' && Object.hasOwn(LOCALES, value);

/** The first language of the list that we speak. A script says it outright, a region hints at it. */
export function chooseLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    const [primary, ...rest] = language.toLowerCase().split('-');
    if (primary === 'en') return 'en';
    if (primary !== 'zh') continue;
    if (rest.includes('hans')) return 'zh-Hans';
    const isTraditional = rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part));
    return isTraditional ? 'zh-Hant' : 'zh-Hans';
  }
  return 'en';
}

/** The visitor's own regional form of the language (en-GB writes 14:05, en-US 2:05 PM). */
export const regionalTag = (locale: Locale, languages: readonly string[]): string =>
  languages.find((tag) => /^(en|zh)\b/i.test(tag) && chooseLocale([tag]) === locale) ?? locale;

export type TextParams = Readonly<Record<string, string | number>>;

export function formatText(locale: Locale, key: MessageKey, params: TextParams = {}): string {
  return LOCALES[locale].messages[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(params[name] ?? whole),
  );
}

type CountedKey = 'people' | 'room.new';

/** The singular or plural text for `n`, by the rules of the language. */
export function formatCount(locale: Locale, key: CountedKey, n: number): string {
  const form = new Intl.PluralRules(locale).select(n) === 'one' ? 'one' : 'other';
  return formatText(locale, `${key}.${form}`, { n });
}
