/** The texts of this page, and those that explain codes. */
import { createTexts } from '../../i18n/create-texts.ts';
import { en as codesEn } from './texts/codes/en.ts';
import { zhHans as codesZhHans } from './texts/codes/zh-hans.ts';
import { zhHant as codesZhHant } from './texts/codes/zh-hant.ts';
import { en } from './texts/en.ts';
import { zhHans } from './texts/zh-hans.ts';
import { zhHant } from './texts/zh-hant.ts';

export const usePlaygroundTexts = createTexts({ en, 'zh-Hant': zhHant, 'zh-Hans': zhHans });

export const useCodeTexts = createTexts({
  en: codesEn,
  'zh-Hant': codesZhHant,
  'zh-Hans': codesZhHans,
});
