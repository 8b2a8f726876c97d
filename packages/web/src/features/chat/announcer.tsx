/**
 * Tells a screen reader about new messages only. The list itself is not live, because history and
 * re-renders would be read out as well.
 */
import { useText } from '../../i18n/use-text.ts';
import type { Entry } from './room.ts';

export function Announcer({ me, latest }: { me: string; latest: Entry | undefined }) {
  const { t } = useText();
  return (
    <p className="visually-hidden" aria-live="polite" aria-atomic="true">
      {latest === undefined ? '' : textOf(latest)}
    </p>
  );

  function textOf(entry: Entry): string {
    if (entry.kind === 'divider') return '';
    if (entry.kind === 'system') return entry.text;
    const { author, text, privateWith } = entry;
    const isToMe = privateWith !== undefined && author !== me;
    return t(isToMe ? 'room.saysPrivately' : 'room.says', { name: author, text });
  }
}
