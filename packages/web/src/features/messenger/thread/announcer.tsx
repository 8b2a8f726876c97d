/**
 * Tells a screen reader about messages of others that have just come. The list itself is not live,
 * because history and re-renders would be read out as well.
 */
import type { Message } from '@carillon/client';
import { useEffect, useRef, useState } from 'react';
import { useMessengerText } from '../texts/use-messenger-text.ts';

interface AnnouncerProps {
  readonly messages: readonly Message[];
  readonly me: string;
  readonly isReady: boolean;
}

export function Announcer({ messages, me, isReady }: AnnouncerProps) {
  const { t } = useMessengerText();
  const heard = useRef<number | undefined>(undefined);
  const [text, setText] = useState('');
  const last = messages.at(-1);

  useEffect(() => {
    if (!isReady) return;
    const before = heard.current;
    heard.current = Math.max(before ?? 0, last?.seq ?? 0);
    if (before === undefined || last === undefined || last.seq <= before) return;
    if (last.sender !== me)
      setText(t('thread.says', { name: last.sender, text: last.content || last.kind }));
  }, [isReady, last, me, t]);

  return (
    <p className="visually-hidden" aria-live="polite" aria-atomic="true">
      {text}
    </p>
  );
}
