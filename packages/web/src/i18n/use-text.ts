/** The chosen language for React: texts, counts, and the language itself. */
import { useMemo, useSyncExternalStore } from 'react';
import { createStoredChoice } from '../ui/stored-choice.ts';
import type { MessageKey } from './en.ts';
import { chooseLocale, formatCount, formatText, isLocale, regionalTag } from './locale.ts';
import type { TextParams } from './locale.ts';

export const localeChoice = createStoredChoice({
  storageKey: 'carillon.language',
  isValid: isLocale,
  fallback: () => chooseLocale(navigator.languages),
});

export function useText() {
  const locale = useSyncExternalStore(localeChoice.subscribe, localeChoice.get);
  return useMemo(
    () => ({
      locale,
      /** For dates and times. */
      region: regionalTag(locale, navigator.languages),
      t: (key: MessageKey, params?: TextParams) => formatText(locale, key, params),
      count: (key: Parameters<typeof formatCount>[1], n: number) => formatCount(locale, key, n),
    }),
    [locale],
  );
}

/** Keeps `<html lang>` true, so that screen readers and fonts follow the language. */
export function followLocale(): void {
  const apply = (): void => {
    document.documentElement.lang = localeChoice.get();
  };
  apply();
  localeChoice.subscribe(apply);
}
