/** Which text explains a code of docs/errors.md or an HTTP status. */
import type { Outcome } from './frame.ts';
import { en } from './texts/codes/en.ts';
import type { CodeKey } from './texts/codes/en.ts';

const isKey = (key: string): key is CodeKey => Object.hasOwn(en, key);

/** Centrifuge's rule: 3500–3999 and 4500–4999 are final. */
const isFinal = (code: number): boolean =>
  (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);

/** What is most precise first; undefined where nothing is known. */
export function explanationOf({ kind, code, reason }: Outcome): CodeKey | undefined {
  const exact = `${kind}.${code}`;
  const byReason = `${exact}.${reason.toLowerCase().replaceAll(' ', '-')}`;
  if (isKey(byReason)) return byReason;
  if (isKey(exact)) return exact;
  if (kind === 'http' && code >= 500) return 'http.500';
  if (kind !== 'close') return undefined;
  return isFinal(code) ? 'close.final' : 'close.again';
}
