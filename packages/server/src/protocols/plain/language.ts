/**
 * Which of our three languages a person reads: `?lang=` first, then `Accept-Language` with its
 * q-values (RFC 9110 §12.5.4), else English. Chinese is chosen by script, then by region.
 */

export type Language = 'en' | 'zh-Hant' | 'zh-Hans';

export const LANGUAGES: readonly Language[] = ['en', 'zh-Hant', 'zh-Hans'];

const TRADITIONAL_REGIONS: ReadonlySet<string> = new Set(['tw', 'hk', 'mo']);

/** A header longer than this is no list of languages. */
const MAX_HEADER_CHARACTERS = 512;

/** The language of one tag such as `zh-Hant-TW`; undefined for those we do not speak. */
export const languageOfTag = (tag: string): Language | undefined => {
  const [primary, ...rest] = tag.trim().toLowerCase().replaceAll('_', '-').split('-');
  if (primary === 'en') return 'en';
  if (primary !== 'zh') return undefined;
  // A script says it outright, so `zh-Hans-TW` is simplified although Taiwan is not.
  if (rest.includes('hant')) return 'zh-Hant';
  if (rest.includes('hans')) return 'zh-Hans';
  return rest.some((part) => TRADITIONAL_REGIONS.has(part)) ? 'zh-Hant' : 'zh-Hans';
};

interface Preference {
  readonly language: Language;
  readonly quality: number;
}

const QUALITY = /^q=([01](?:\.\d{0,3})?)$/i;

const preferenceOf = (item: string): Preference | undefined => {
  const [tag = '', ...parameters] = item.split(';').map((part) => part.trim());
  const language = tag === '*' ? 'en' : languageOfTag(tag);
  const given = parameters.find((parameter) => /^q=/i.test(parameter));
  const quality = given === undefined ? 1 : Number(QUALITY.exec(given)?.[1] ?? 0);
  return language === undefined || quality <= 0 ? undefined : { language, quality };
};

/** The best tag of the header that we speak; the earlier one of equals. */
const languageOfHeader = (header: string): Language | undefined => {
  let best: Preference | undefined;
  for (const item of header.slice(0, MAX_HEADER_CHARACTERS).split(',')) {
    const preference = preferenceOf(item);
    if (preference !== undefined && preference.quality > (best?.quality ?? 0)) best = preference;
  }
  return best?.language;
};

export interface LanguageHints {
  /** `?lang=`. One we do not speak is ignored. */
  readonly explicit?: string | null | undefined;
  readonly acceptLanguage?: string | undefined;
}

export const chooseLanguage = (hints: LanguageHints): Language =>
  languageOfTag(hints.explicit ?? '') ?? languageOfHeader(hints.acceptLanguage ?? '') ?? 'en';
