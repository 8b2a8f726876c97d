/** Puts a page into its document, in the visitor's language and colours. */
import { StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { followLocale } from '../i18n/locale-choice.ts';
import { followTheme } from './theme.ts';
import './tokens.css';
import './base.css';
import './controls.css';

export function mount(page: ReactNode): void {
  followTheme();
  followLocale();
  const root = document.querySelector('#root');
  if (root === null) throw new Error('the document has no #root');
  createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
