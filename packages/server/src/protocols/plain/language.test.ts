import { describe, expect, it } from 'vitest';
import { chooseLanguage, languageOfTag } from './language.ts';

describe('language of a tag', () => {
  it.each([
    ['en', 'en'],
    ['en-GB', 'en'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['zh-Hans', 'zh-Hans'],
    ['zh-Hans-TW', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh-MO', 'zh-Hant'],
    ['ZH-hant', 'zh-Hant'],
    ['zh_TW', 'zh-Hant'],
    ['fr', undefined],
    ['', undefined],
  ])('%s is %s', (tag, language) => {
    expect(languageOfTag(tag)).toBe(language);
  });
});

describe('choice of the language', () => {
  it('?lang= wins over the header', () => {
    expect(chooseLanguage({ explicit: 'zh-TW', acceptLanguage: 'en' })).toBe('zh-Hant');
  });

  it('a ?lang= that we do not speak is ignored', () => {
    expect(chooseLanguage({ explicit: 'fr', acceptLanguage: 'zh-CN' })).toBe('zh-Hans');
  });

  it.each([
    ['zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7', 'zh-Hant'],
    ['en;q=0.5, zh-Hans ; q=0.8', 'zh-Hans'],
    ['fr-FR, zh-HK;q=0.3, en;q=0.2', 'zh-Hant'],
    ['en;q=0, zh;q=0.1', 'zh-Hans'],
    ['zh;q=0', 'en'],
    ['zh;q=banana, en;q=0.1', 'en'],
    ['*', 'en'],
    ['fr', 'en'],
    ['', 'en'],
    [',,;;q=1', 'en'],
  ])('the q-values of "%s" lead to %s', (acceptLanguage, language) => {
    expect(chooseLanguage({ acceptLanguage })).toBe(language);
  });

  it('is English when nothing is said', () => {
    expect(chooseLanguage({})).toBe('en');
  });
});
