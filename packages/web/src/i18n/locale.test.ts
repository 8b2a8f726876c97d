import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { chooseLocale, formatCount, formatText, LOCALES, regionalTag } from './locale.ts';

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe('languages', () => {
  for (const [locale, { messages }] of Object.entries(LOCALES)) {
    test(`${locale} has every text, with the same placeholders as English`, () => {
      expect(Object.keys(messages).toSorted()).toEqual(Object.keys(en).toSorted());
      for (const [key, text] of Object.entries(en)) {
        const translated = messages[key as keyof typeof en];
        expect(translated.trim(), key).not.toBe('');
        expect(placeholders(translated), key).toEqual(placeholders(text));
      }
    });
  }

  test('the first language of the browser that we speak is taken', () => {
    expect(chooseLocale(['zh-TW', 'en'])).toBe('zh-Hant');
    expect(chooseLocale(['zh-Hant-HK'])).toBe('zh-Hant');
    expect(chooseLocale(['zh-CN'])).toBe('zh-Hans');
    expect(chooseLocale(['zh-Hans-TW'])).toBe('zh-Hans');
    expect(chooseLocale(['zh'])).toBe('zh-Hans');
    expect(chooseLocale(['fr', 'en-GB', 'zh'])).toBe('en');
    expect(chooseLocale(['fr'])).toBe('en');
    expect(chooseLocale([])).toBe('en');
  });

  test('times are written as in the region of the visitor, where it fits the language', () => {
    expect(regionalTag('en', ['de', 'zh-TW', 'en-GB'])).toBe('en-GB');
    expect(regionalTag('zh-Hans', ['en-GB', 'zh-TW'])).toBe('zh-Hans');
    expect(regionalTag('zh-Hant', ['zh-HK'])).toBe('zh-HK');
  });

  test('a text is filled in literally, whatever the values contain', () => {
    expect(formatText('en', 'people.write', { name: '$& {name}' })).toBe(
      'Write privately to $& {name}',
    );
  });

  test('one message is singular in English, Chinese has one form', () => {
    expect(formatCount('en', 'room.new', 1)).toBe('1 new message');
    expect(formatCount('en', 'room.new', 3)).toBe('3 new messages');
    expect(formatCount('zh-Hant', 'room.new', 1)).toBe('1 則新訊息');
  });
});
