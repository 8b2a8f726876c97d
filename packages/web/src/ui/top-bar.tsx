/** The head of every page: where one is, where one can go, language and colours. */
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text.ts';
import { Logo } from './logo.tsx';
import { LanguageSelect, ThemeSwitch } from './settings.tsx';
import './top-bar.css';

const PAGES = [
  { page: 'home', href: '/', key: 'nav.messenger' },
  { page: 'chat', href: '/chat', key: 'nav.chat' },
  { page: 'console', href: '/console', key: 'nav.console' },
  { page: 'playground', href: '/playground', key: 'nav.playground' },
] as const;

type PageName = (typeof PAGES)[number]['page'];

interface TopBarProps {
  readonly current: PageName;
  readonly children?: ReactNode;
}

export function TopBar({ current, children }: TopBarProps) {
  return (
    <header className="top-bar">
      <a className="brand" href="/" aria-current={current === 'home' ? 'page' : undefined}>
        <Logo />
        Carillon
      </a>
      <PageLinks current={current} />
      <LanguageSelect />
      <ThemeSwitch />
      {children}
    </header>
  );
}

/** The pages of this server. */
export function PageLinks({ current }: { current: PageName }) {
  const { t } = useText();
  return (
    <nav className="page-links" aria-label={t('nav.label')}>
      {PAGES.map(({ page, href, key }) => (
        <a key={page} href={href} aria-current={current === page ? 'page' : undefined}>
          {t(key)}
        </a>
      ))}
      <a href="/docs">{t('nav.docs')}</a>
    </nav>
  );
}
