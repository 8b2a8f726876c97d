/** `<TaskProgress/>`: one task with its bar, its text and its end; `useTaskProgress` without a look of its own. */
import { useEffect, useState } from 'react';
import type { TaskStreamState } from '@carillon/client';
import { taskView, withSample } from '@carillon/client/ui';
import type { ProgressSample, TaskViewModel } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { classNames } from './class-names.ts';
import type { Status } from './status.ts';
import { useClock } from './use-clock.ts';
import { useTask } from './use-task.ts';
import { useTaskStream } from './use-task-stream.ts';

export interface UsedTaskProgress {
  readonly status: Status;
  /** Absent until the task is loaded. */
  readonly view?: TaskViewModel;
  readonly cancel: () => void;
}

export function useTaskProgress(taskId: string | undefined): UsedTaskProgress {
  const { status, task, cancel } = useTask(taskId);
  const texts = useTexts();
  const nowMs = useClock(task?.status === 'running' ? 'second' : undefined);
  const [samples, setSamples] = useState<readonly ProgressSample[]>([]);
  useEffect(() => setSamples([]), [taskId]);
  const progress = task?.progress;
  useEffect(() => {
    if (progress === undefined) return;
    setSamples((before) => withSample(before, { atMs: Date.now(), progress }));
  }, [progress]);
  return {
    status,
    ...(task === undefined ? {} : { view: taskView({ task, samples, nowMs, texts }) }),
    // Whether it stops is told by the task itself.
    cancel: () => void cancel().catch(() => undefined),
  };
}

export interface TaskProgressProps {
  readonly taskId: string;
  readonly className?: string;
  /** Shows the text the task writes, below the bar. @default false */
  readonly showsStream?: boolean;
  /** A button to put a finished task away; what that means is yours. */
  readonly onDismiss?: (taskId: string) => void;
}

export function TaskProgress({ taskId, className, showsStream, onDismiss }: TaskProgressProps) {
  const { status, view, cancel } = useTaskProgress(taskId);
  const { t } = useTexts();
  if (status === 'off') return null;
  if (view === undefined) {
    return (
      <p
        className={classNames('carillon-task', className)}
        role={status === 'error' ? 'alert' : undefined}
      >
        {t(status === 'error' ? 'task.error' : 'task.loading')}
      </p>
    );
  }
  return (
    <div className={classNames('carillon-task', className)} data-status={view.status}>
      <div className="carillon-task-head">
        <span className="carillon-task-title">{view.title}</span>
        <span className="carillon-task-status">{view.statusText}</span>
        <span className="carillon-task-percent">{view.percentText}</span>
      </div>
      <Bar view={view} />
      <div className="carillon-task-foot">
        <span className="carillon-task-detail">{view.detail}</span>
        {view.canCancel && (
          <button type="button" className="carillon-button" data-kind="quiet" onClick={cancel}>
            {t('task.cancel')}
          </button>
        )}
        {view.isFinished && onDismiss !== undefined && (
          <button
            type="button"
            className="carillon-button"
            data-kind="quiet"
            onClick={() => onDismiss(taskId)}
          >
            {t('task.dismiss')}
          </button>
        )}
      </div>
      {/* Steps are read from the bar; the end is worth an interruption. */}
      <span className="carillon-hidden" role="status">
        {view.isFinished ? `${view.title}: ${view.statusText}` : ''}
      </span>
      {showsStream === true && <TaskStreamText taskId={taskId} />}
    </div>
  );
}

function Bar({ view }: { view: TaskViewModel }) {
  const { percent } = view;
  const isKnown = percent !== undefined;
  return (
    <div
      className="carillon-task-track"
      role="progressbar"
      aria-label={view.title}
      aria-valuetext={view.valueText}
      data-indeterminate={!isKnown}
      {...(isKnown ? { 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': percent } : {})}
    >
      <div
        className="carillon-task-fill"
        style={isKnown ? { transform: `scaleX(${percent / 100})` } : undefined}
      />
    </div>
  );
}

export interface TaskStreamTextProps {
  readonly taskId: string;
  readonly className?: string;
}

/** The text a task writes; read out once it is complete, not word by word. */
export function TaskStreamText({ taskId, className }: TaskStreamTextProps) {
  const { status, text } = useTaskStream(taskId);
  const { t } = useTexts();
  if (status === 'off' || (text === '' && status !== 'streaming')) return null;
  return (
    <div
      className={classNames('carillon-stream', className)}
      data-status={status}
      aria-busy={isGrowing(status)}
    >
      <p className="carillon-stream-text">{text}</p>
      <span className="carillon-hidden" aria-live="polite">
        {status === 'done' ? text : ''}
      </span>
      {status === 'streaming' && <p className="carillon-note">{t('task.streaming')}</p>}
    </div>
  );
}

const isGrowing = (status: TaskStreamState['status']): boolean =>
  status === 'streaming' || status === 'loading';
