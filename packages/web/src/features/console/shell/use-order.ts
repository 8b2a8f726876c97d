/** Carries an order out and says how it went, in a line that screen readers hear. */
import { useCallback, useState } from 'react';
import { useConsoleTexts } from '../use-console-texts.ts';
import type { ConsoleAnswer } from './console-api.ts';
import { failureText } from './notes.tsx';

export type Order = (answer: Promise<ConsoleAnswer<unknown>>, done: string) => Promise<boolean>;

/** @param onDone what to look at again afterwards */
export function useOrder(onDone: () => Promise<void>): { order: Order; said: string } {
  const { t } = useConsoleTexts();
  const [said, setSaid] = useState('');
  const order = useCallback<Order>(
    async (answering, done) => {
      const answer = await answering;
      setSaid(answer.ok ? done : failureText(t, answer));
      if (answer.ok) await onDone();
      return answer.ok;
    },
    [t, onDone],
  );
  return { order, said };
}
