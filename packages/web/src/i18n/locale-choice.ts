/** The visitor's language: that of the browser until they choose another. */
import { createStoredChoice } from '../ui/stored-choice.ts';
import { chooseLocale, isLocale } from './locale.ts';

export const localeChoice = createStoredChoice({
  storageKey: 'carillon.language',
  isValid: isLocale,
  fallback: () => chooseLocale(navigator.languages),
});

/** Keeps `<html lang>` true, so that screen readers and fonts follow the language. */
export function followLocale(): void {
  const apply = (): void => {
    document.documentElement.lang = localeChoice.get();
  };
  apply();
  localeChoice.subscribe(apply);
}
