/** How far a notice to many is. Its task is looked at until it ends. */
import { useState } from 'react';
import type { MethodOutput } from '@carillon/client';
import { useConsole, usePolling } from '../shell/use-console.ts';
import { useConsoleTexts } from '../use-console-texts.ts';

type Task = MethodOutput<'console.task'>;

const LOOK_MS = 1_000;

export function SendingProgress({ first }: { first: Task }) {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const [task, setTask] = useState(first);
  const isRunning = task.status === 'running';
  const look = async (): Promise<void> => {
    if (!isRunning) return;
    const answer = await call('console.task', { task_id: task.id });
    if (answer.ok) setTask(answer.value);
  };
  usePolling(look, LOOK_MS, task.status);
  const cancel = async (): Promise<void> => {
    const answer = await call('console.cancelTask', { task_id: task.id });
    if (answer.ok) setTask(answer.value);
  };
  const figures = { done: task.step, total: task.total_steps };
  return (
    <div className={`co-note co-sending ${isRunning ? '' : task.status}`}>
      <p role="status">
        {t(`sending.${task.status}`, { ...figures, title: task.title ?? '' })}
        {task.status === 'failed' && ` ${task.message}`}
      </p>
      {isRunning && (
        <>
          <progress aria-label={t('sending.progress')} value={task.progress} max={100} />
          <button
            type="button"
            className="button quiet small"
            disabled={task.is_cancel_requested}
            onClick={() => void cancel()}
          >
            {t(task.is_cancel_requested ? 'tasks.cancelAsked' : 'sending.cancel')}
          </button>
        </>
      )}
    </div>
  );
}
