/** A hook for the texts of one part of the pages, in the language the visitor chose. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Locale } from './locale.ts';
import { regionalTag } from './locale.ts';
import { localeChoice } from './locale-choice.ts';
import type { CountedKey, TextParams, TextTables } from './text-table.ts';
import { fillText, pluralForm } from './text-table.ts';

export interface Texts<Key extends string> {
  readonly locale: Locale;
  /** For dates and times. */
  readonly region: string;
  readonly t: (key: Key, params?: TextParams) => string;
  /** The singular or plural text for `n`: from `key.one` and `key.other`. */
  readonly count: (key: CountedKey<Key>, n: number) => string;
}

export function createTexts<Table extends Readonly<Record<string, string>>>(
  tables: TextTables<Table>,
): () => Texts<keyof Table & string> {
  const textsOf = (locale: Locale): Texts<keyof Table & string> => {
    const table: Readonly<Record<string, string>> = tables[locale];
    return {
      locale,
      region: regionalTag(locale, navigator.languages),
      t: (key, params) => fillText(table[key] ?? key, params),
      count: (key, n) => fillText(table[`${key}.${pluralForm(locale, n)}`] ?? key, { n }),
    };
  };
  return function useTexts() {
    const locale = useSyncExternalStore(localeChoice.subscribe, localeChoice.get);
    return useMemo(() => textsOf(locale), [locale]);
  };
}
