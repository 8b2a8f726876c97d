/** What a progress bar shows of a task, for eyes and for screen readers, and when it will be done. */
import type { Task } from '../tasks/tasks.ts';
import type { UiTexts } from './ui-texts.ts';

export interface TaskViewModel {
  readonly id: string;
  readonly title: string;
  readonly status: Task['status'] | 'cancelling';
  readonly statusText: string;
  /** Whole per cent; undefined while nothing is known (aria: no `valuenow`). */
  readonly percent: number | undefined;
  readonly percentText: string;
  /** The backend's message, the step and the time left, as far as there are any. */
  readonly detail: string;
  /** For `aria-valuetext`. */
  readonly valueText: string;
  readonly canCancel: boolean;
  readonly isFinished: boolean;
}

export interface ProgressSample {
  readonly atMs: number;
  readonly progress: number;
}

export interface TaskViewInput {
  readonly task: Task;
  /** Of this task, oldest first; without them no time is told. */
  readonly samples?: readonly ProgressSample[];
  readonly nowMs: number;
  readonly texts: UiTexts;
}

export function taskView({ task, samples = [], nowMs, texts }: TaskViewInput): TaskViewModel {
  const isRunning = task.status === 'running';
  const status = isRunning && task.is_cancel_requested ? 'cancelling' : task.status;
  const percent = percentOf(task);
  const percentText = percent === undefined ? '' : texts.percent(percent);
  const leftMs = isRunning && status !== 'cancelling' ? remainingMs(samples, nowMs) : undefined;
  const details = [
    task.message,
    isRunning && task.total_steps > 0
      ? texts.t('task.step', { step: task.step, total: task.total_steps })
      : '',
    leftMs === undefined ? '' : texts.t('task.left', { time: texts.duration(leftMs) }),
  ].filter((part) => part !== '');
  const statusText = texts.t(`task.${status}`);
  return {
    id: task.id,
    title: task.title ?? texts.t('task.untitled'),
    status,
    statusText,
    percent,
    percentText,
    detail: details.join(' · '),
    valueText: [percentText, statusText, ...details].filter((part) => part !== '').join(', '),
    canCancel: status === 'running',
    isFinished: !isRunning,
  };
}

/** Undefined for a task that has begun and never said how far it is. */
function percentOf(task: Task): number | undefined {
  if (task.status === 'completed') return 100;
  const isUnknown = task.status === 'running' && task.progress === 0 && task.total_steps === 0;
  return isUnknown ? undefined : Math.round(Math.min(100, Math.max(0, task.progress)));
}

const KEPT_SAMPLES = 20;

/** Appends where the progress has changed; begins anew where it went back. */
export function withSample(
  samples: readonly ProgressSample[],
  sample: ProgressSample,
): readonly ProgressSample[] {
  const last = samples.at(-1);
  if (last === undefined || sample.progress < last.progress) return [sample];
  return sample.progress === last.progress ? samples : [...samples, sample].slice(-KEPT_SAMPLES);
}

const MIN_SAMPLES = 4;
/** The recent pace may differ from the whole one by this factor; else any number would be a guess. */
const STEADY_FACTOR = 1.6;

/** Until 100 %, where the pace is steady enough to say; at least 1 s. */
export function remainingMs(samples: readonly ProgressSample[], nowMs: number): number | undefined {
  const first = samples[0];
  const middle = samples[Math.floor(samples.length / 2)];
  const last = samples.at(-1);
  if (samples.length < MIN_SAMPLES || first === undefined) return undefined;
  if (middle === undefined || last === undefined || last.progress >= 100) return undefined;
  const whole = paceOf(first, last);
  const recent = paceOf(middle, last);
  if (!(whole > 0) || !(recent > 0)) return undefined;
  const ratio = recent / whole;
  if (ratio > STEADY_FACTOR || ratio < 1 / STEADY_FACTOR) return undefined;
  const left = (100 - last.progress) / recent - (nowMs - last.atMs);
  // Overdue by as much as was left: it has stalled, and the number would be made up.
  return left < -(100 - last.progress) / recent ? undefined : Math.max(1_000, left);
}

/** Per cent per millisecond. */
const paceOf = (from: ProgressSample, to: ProgressSample): number =>
  (to.progress - from.progress) / (to.atMs - from.atMs);
