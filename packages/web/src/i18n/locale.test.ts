import { describe, expect, test } from 'vitest';
import { chooseLocale, regionalTag } from './locale.ts';
import { fillText, pluralForm } from './text-table.ts';

describe('languages', () => {
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
    expect(fillText('Write to {name}', { name: '$& {name}' })).toBe('Write to $& {name}');
  });

  test('one message is singular in English, Chinese has one form', () => {
    expect(pluralForm('en', 1)).toBe('one');
    expect(pluralForm('en', 3)).toBe('other');
    expect(pluralForm('zh-Hant', 1)).toBe('other');
  });
});
