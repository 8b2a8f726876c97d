/** Looking texts up in a table of one part of the pages, and filling them in. */
import type { Locale } from './locale.ts';

/** A table per language, all with the keys of the English one. `{x}` in a text is filled in. */
export type TextTables<Table extends Readonly<Record<string, string>>> = Readonly<
  Record<Locale, Table>
>;

/** Keys that come as `key.one` and `key.other`. */
export type CountedKey<Key> = Key extends `${infer Stem}.one` ? Stem : never;

export type TextParams = Readonly<Record<string, string | number>>;

export const fillText = (text: string, params: TextParams = {}): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));

/** `one` or `other`, by the rules of the language. */
export const pluralForm = (locale: Locale, n: number): 'one' | 'other' =>
  new Intl.PluralRules(locale).select(n) === 'one' ? 'one' : 'other';
