/** One task: its bar, what it is doing, a way to stop it, and the text it streams. */
import type { Task, WatchedTask } from '@carillon/client';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useMessenger } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { TaskOutput } from './task-output.tsx';

const nothing = (): (() => void) => () => undefined;

/** Follows a task that is running, from the first look to its end. */
export function LiveTask({ task }: { task: Task }) {
  const { tasks } = useMessenger();
  const [watched, setWatched] = useState<WatchedTask>();
  useEffect(() => {
    const opened = tasks.watch(task.id);
    setWatched(opened);
    return () => opened.release();
  }, [tasks, task.id]);
  const live = useSyncExternalStore(
    watched?.state.subscribe ?? nothing,
    () => watched?.state.get().task,
  );
  const newest = live !== undefined && live.version >= task.version ? live : task;
  return (
    <TaskCard
      task={newest}
      {...(watched === undefined ? {} : { onCancel: () => watched.cancel() })}
    />
  );
}

interface TaskCardProps {
  readonly task: Task;
  readonly onCancel?: () => Promise<void>;
}

export function TaskCard({ task, onCancel }: TaskCardProps) {
  const { t } = useMessengerText();
  const [showsOutput, setShowsOutput] = useState(false);
  const { id, status, message, step } = task;
  const isRunning = status === 'running';
  const name = task.title === undefined || task.title === '' ? id : task.title;
  const percent = Math.round(status === 'completed' ? 100 : task.progress);
  const isUnknown = isRunning && percent === 0 && task.total_steps === 0;
  const steps = task.total_steps > 0 ? t('task.step', { step, total: task.total_steps }) : '';
  const detail = [message, isRunning ? steps : ''].filter((part) => part !== '').join(' · ');
  const isCancelling = isRunning && task.is_cancel_requested;
  return (
    <li className={`task ${status}`}>
      <div className="task-head">
        <span className="task-name">{name}</span>
        <span className="task-state">{t(isCancelling ? 'task.cancelling' : `task.${status}`)}</span>
        <span className="task-percent">{isUnknown ? '' : t('task.percent', { n: percent })}</span>
      </div>
      <div
        className={`task-track${isUnknown ? ' unknown' : ''}`}
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(isUnknown ? {} : { 'aria-valuenow': percent })}
        aria-valuetext={[t('task.percent', { n: percent }), detail]
          .filter((part) => part !== '')
          .join(', ')}
      >
        <div className="task-fill" style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
      <div className="task-foot">
        <p className="task-detail">{detail || '\u00A0'}</p>
        {isRunning && onCancel !== undefined && (
          <button
            type="button"
            className="text-button"
            disabled={isCancelling}
            aria-label={t('task.cancel', { name })}
            // A refusal shows by itself: the task goes on.
            onClick={() => void onCancel().catch(() => undefined)}
          >
            {t('task.cancelShort')}
          </button>
        )}
        {!isRunning && !showsOutput && (
          <button type="button" className="text-button" onClick={() => setShowsOutput(true)}>
            {t('task.showOutput')}
          </button>
        )}
      </div>
      {(isRunning || showsOutput) && <TaskOutput taskId={id} name={name} isAsked={showsOutput} />}
    </li>
  );
}
