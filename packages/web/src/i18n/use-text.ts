/** The texts that all pages share. Each part of the pages has its own beside it (`createTexts`). */
import { createTexts } from './create-texts.ts';
import { en } from './en.ts';
import { zhHans } from './zh-hans.ts';
import { zhHant } from './zh-hant.ts';

export const TEXTS = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };

export const useText = createTexts(TEXTS);
