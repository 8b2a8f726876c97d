/** Language and colours: two small controls that stand wherever a page has room for them. */
import { useId, useSyncExternalStore } from 'react';
import { isLocale, LOCALES } from '../i18n/locale.ts';
import { localeChoice } from '../i18n/locale-choice.ts';
import { useText } from '../i18n/use-text.ts';
import { MoonIcon, SunIcon } from './icons.tsx';
import { currentTheme, onThemeChange, themeChoice } from './theme.ts';

export function LanguageSelect() {
  const { t, locale } = useText();
  const id = useId();
  return (
    <>
      <label className="visually-hidden" htmlFor={id}>
        {t('ui.language')}
      </label>
      <select
        id={id}
        className="language"
        value={locale}
        onChange={({ target }) => {
          if (isLocale(target.value)) localeChoice.set(target.value);
        }}
      >
        {Object.entries(LOCALES).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}

export function ThemeSwitch() {
  const { t } = useText();
  const theme = useSyncExternalStore(onThemeChange, currentTheme);
  const other = theme === 'dark' ? 'light' : 'dark';
  const label = t(`ui.theme.${other}`);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => themeChoice.set(other)}
    >
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
