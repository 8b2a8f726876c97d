/** Light or dark: the system's wish until the visitor chooses; applied as `data-theme` on <html>. */
import { createStoredChoice } from './stored-choice.ts';

export type Theme = 'light' | 'dark';

const isTheme = (value: unknown): value is Theme => value === 'light' || value === 'dark';

const systemDark = globalThis.matchMedia('(prefers-color-scheme: dark)');

export const themeChoice = createStoredChoice<Theme | 'system'>({
  storageKey: 'carillon.theme',
  isValid: (value) => isTheme(value),
  fallback: () => 'system',
});

export const currentTheme = (): Theme => {
  const choice = themeChoice.get();
  if (choice !== 'system') return choice;
  return systemDark.matches ? 'dark' : 'light';
};

export function onThemeChange(listener: () => void): () => void {
  const stop = themeChoice.subscribe(listener);
  systemDark.addEventListener('change', listener);
  return () => {
    stop();
    systemDark.removeEventListener('change', listener);
  };
}

export function followTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = currentTheme();
  };
  apply();
  onThemeChange(apply);
}
