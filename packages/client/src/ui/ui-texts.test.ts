import { describe, expect, test } from 'vitest';
import { en } from './texts/en.ts';
import { zhHans } from './texts/zh-hans.ts';
import { zhHant } from './texts/zh-hant.ts';
import { createUiTexts, uiLocaleOf } from './ui-texts.ts';

const holes = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();
const NOW = Date.parse('2026-11-20T12:00:00Z');
const MINUTE = 60_000;

describe('the tables', () => {
  test('every language fills the same places in every text', () => {
    for (const table of [zhHant, zhHans]) {
      expect(Object.keys(table)).toEqual(Object.keys(en));
      for (const [key, text] of Object.entries(table)) {
        expect(text, key).not.toBe('');
        expect(holes(text), key).toEqual(holes(new Map(Object.entries(en)).get(key) ?? ''));
      }
    }
  });

  test('Taiwan and the mainland each read their own words', () => {
    expect(zhHant['chat.log']).toBe('訊息');
    expect(zhHans['chat.log']).toBe('消息');
  });
});

describe('the language', () => {
  test.each([
    ['en-GB', 'en'],
    ['de', 'en'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh-Hans-HK', 'zh-Hans'],
  ])('%s is written in %s', (tag, locale) => {
    expect(uiLocaleOf(tag)).toBe(locale);
  });
});

describe('texts', () => {
  test('an application may replace any of them', () => {
    const texts = createUiTexts({ overrides: { 'bell.title': 'News' } });
    expect(texts.t('bell.title')).toBe('News');
    expect(texts.t('bell.all')).toBe('All');
  });

  test('a counted text follows the rules of the language', () => {
    const texts = createUiTexts();
    expect(texts.count('chat.toEnd', 1)).toBe('1 new message');
    expect(texts.count('chat.toEnd', 1_200)).toBe('1,200 new messages');
    expect(createUiTexts({ locale: 'zh-TW' }).count('chat.toEnd', 1)).toBe('1 則新訊息');
  });
});

describe('times and numbers', () => {
  const english = createUiTexts({ locale: 'en-GB', timeZone: 'UTC' });
  const chinese = createUiTexts({ locale: 'zh-TW', timeZone: 'UTC' });

  test('relative times are told in the largest unit there is one of', () => {
    const ago = (ms: number): string => english.relativeTime(NOW - ms, NOW);
    expect(ago(59_000)).toBe('now');
    expect(ago(5 * MINUTE)).toBe('5 minutes ago');
    expect(ago(3 * 60 * MINUTE)).toBe('3 hours ago');
    expect(ago(24 * 60 * MINUTE)).toBe('yesterday');
    expect(chinese.relativeTime(NOW - 5 * MINUTE, NOW)).toBe('5 分鐘前');
  });

  test('what a clock ahead of ours dates in the future has happened now', () => {
    expect(english.relativeTime(NOW + 30_000, NOW)).toBe('now');
  });

  test('days are today, yesterday, or a date, in the time zone of the reader', () => {
    expect(english.day(NOW, NOW)).toBe('Today');
    expect(english.day(NOW - 13 * 60 * MINUTE, NOW)).toBe('Yesterday');
    expect(english.day(NOW - 5 * 24 * 60 * MINUTE, NOW)).toBe('15 November 2026');
    const taipei = createUiTexts({ locale: 'zh-TW', timeZone: 'Asia/Taipei' });
    expect(taipei.day(Date.parse('2026-11-19T16:30:00Z'), NOW)).toBe('今天');
  });

  test('per cent and durations as the language writes them', () => {
    expect(english.percent(25)).toBe('25%');
    expect(english.duration(119_000)).toBe('2 minutes');
    expect(english.duration(100)).toBe('1 second');
    expect(chinese.duration(2 * MINUTE)).toBe('2 分鐘');
  });
});
