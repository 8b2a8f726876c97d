import { describe, expect, test } from 'vitest';
import { en as messengerEn } from '../features/messenger/texts/en.ts';
import { zhHans as messengerZhHans } from '../features/messenger/texts/zh-hans.ts';
import { zhHant as messengerZhHant } from '../features/messenger/texts/zh-hant.ts';
import { en as consoleEn } from '../features/console/texts/en.ts';
import { zhHans as consoleZhHans } from '../features/console/texts/zh-hans.ts';
import { zhHant as consoleZhHant } from '../features/console/texts/zh-hant.ts';
import { en as codesEn } from '../features/playground/texts/codes/en.ts';
import { zhHans as codesZhHans } from '../features/playground/texts/codes/zh-hans.ts';
import { zhHant as codesZhHant } from '../features/playground/texts/codes/zh-hant.ts';
import { en as playgroundEn } from '../features/playground/texts/en.ts';
import { zhHans as playgroundZhHans } from '../features/playground/texts/zh-hans.ts';
import { zhHant as playgroundZhHant } from '../features/playground/texts/zh-hant.ts';
import { en } from './en.ts';
import { zhHans } from './zh-hans.ts';
import { zhHant } from './zh-hant.ts';

/** Every table of texts of the pages; one that is added is added here. */
const TABLES: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  shared: [en, zhHant, zhHans],
  messenger: [messengerEn, messengerZhHant, messengerZhHans],
  playground: [playgroundEn, playgroundZhHant, playgroundZhHans],
  console: [consoleEn, consoleZhHant, consoleZhHans],
  codes: [codesEn, codesZhHant, codesZhHans],
};

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe('texts', () => {
  for (const [name, [english = {}, ...others]] of Object.entries(TABLES)) {
    test(`${name}: every language has every text, with the same placeholders as English`, () => {
      expect(others).toHaveLength(2);
      for (const table of others) {
        expect(Object.keys(table).toSorted()).toEqual(Object.keys(english).toSorted());
        for (const [key, text] of Object.entries(english)) {
          expect(table[key]?.trim(), key).not.toBe('');
          expect(placeholders(table[key] ?? ''), key).toEqual(placeholders(text));
        }
      }
    });
  }
});
