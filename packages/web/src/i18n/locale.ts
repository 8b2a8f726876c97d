/** Which languages there are, and which one a browser wants. */

/** BCP 47 tags, the same that the server takes as `?lang=`. */
export type Locale = 'en' | 'zh-Hant' | 'zh-Hans';

export const LOCALES: Readonly<Record<Locale, { readonly name: string }>> = {
  en: { name: 'English' },
  'zh-Hant': { name: '繁體中文' },
  'zh-Hans': { name: '简体中文' },
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
