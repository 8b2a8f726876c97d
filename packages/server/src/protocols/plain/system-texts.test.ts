import { ERRORS, type ErrorName } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from './language.ts';
import { errorFrame } from './plain-frames.ts';
import { SYSTEM_TEXTS } from './system-texts.ts';

const NAMES = Object.keys(ERRORS) as ErrorName[];

describe('system texts', () => {
  it('every error has a text of its own in every language', () => {
    for (const language of LANGUAGES) {
      const texts = NAMES.map((name) => SYSTEM_TEXTS[language].error(name));
      expect(texts.every((text) => text.length > 0)).toBe(true);
      expect(new Set(texts).size).toBe(NAMES.length);
    }
  });

  it('the Chinese texts contain no English sentence', () => {
    for (const language of ['zh-Hant', 'zh-Hans'] as const) {
      for (const name of NAMES) {
        expect(SYSTEM_TEXTS[language].error(name)).toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('an error frame carries the code of the table, the text and the field', () => {
    expect(JSON.parse(errorFrame({ error: 'too_long', field: 'message' }, 'zh-Hans'))).toEqual({
      type: 'error',
      code: 405,
      message: '文本过长',
      field: 'message',
    });
    expect(errorFrame({ error: 'not_json' }, 'en')).toBe(
      '{"type":"error","code":400,"message":"the frame is not a JSON object"}',
    );
  });
});
