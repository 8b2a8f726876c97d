/** The text a task streams, as it comes; a screen reader hears it once, when it is complete. */
import type { TaskStream } from '@carillon/client';
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useMessenger } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';

const nothing = (): (() => void) => () => undefined;

interface TaskOutputProps {
  readonly taskId: string;
  readonly name: string;
  /** Asked for by hand: then its absence is told as well. */
  readonly isAsked: boolean;
}

export function TaskOutput({ taskId, name, isAsked }: TaskOutputProps) {
  const { t } = useMessengerText();
  const { tasks } = useMessenger();
  const [stream, setStream] = useState<TaskStream>();
  useEffect(() => {
    const opened = tasks.stream(taskId);
    setStream(opened);
    return () => opened.release();
  }, [tasks, taskId]);
  const state = useSyncExternalStore(stream?.state.subscribe ?? nothing, () => stream?.state.get());
  const box = useRef<HTMLPreElement>(null);
  const text = state?.text ?? '';
  const isDone = state?.status === 'done';
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text]);

  if (text === '') {
    return isAsked && isDone ? <p className="task-detail">{t('task.noOutput')}</p> : null;
  }
  return (
    <>
      <pre
        ref={box}
        className={`task-output${isDone ? '' : ' streaming'}`}
        role="region"
        aria-label={t('task.output', { name })}
        tabIndex={0}
      >
        {text}
      </pre>
      <p className="visually-hidden" role="status">
        {isDone ? text : ''}
      </p>
    </>
  );
}
