/** The texts of the messenger. */
import { createTexts } from '../../../i18n/create-texts.ts';
import { en } from './en.ts';
import { zhHans } from './zh-hans.ts';
import { zhHant } from './zh-hant.ts';

export const useMessengerText = createTexts({ en, 'zh-Hant': zhHant, 'zh-Hans': zhHans });
