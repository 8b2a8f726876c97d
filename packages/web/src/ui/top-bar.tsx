/** The head of every page: where one is, where one can go, language and colours. */
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text.ts';
import { Logo } from './logo.tsx';
import { LanguageSelect, ThemeSwitch } from './settings.tsx';
import './top-bar.css';

interface TopBarProps {
  readonly current: 'home' | 'chat';
  readonly children?: ReactNode;
}

export function TopBar({ current, children }: TopBarProps) {
  const { t } = useText();
  return (
    <header className="top-bar">
      <a className="brand" href="/" aria-current={current === 'home' ? 'page' : undefined}>
        <Logo />
        Carillon
      </a>
      <nav aria-label={t('nav.label')}>
        <a href="/chat" aria-current={current === 'chat' ? 'page' : undefined}>
          {t('nav.chat')}
        </a>
        <a href="/docs">{t('nav.docs')}</a>
        <a href="/health">{t('nav.health')}</a>
      </nav>
      <LanguageSelect />
      <ThemeSwitch />
      {children}
    </header>
  );
}
