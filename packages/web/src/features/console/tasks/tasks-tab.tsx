/** Tasks of all users, newest first, and asking one to stop. */
import { useCallback, useId, useState } from 'react';
import type { MethodOutput } from '@carillon/client';
import { PagedList } from '../shell/paged-list.tsx';
import { useConsole } from '../shell/use-console.ts';
import { useOrder } from '../shell/use-order.ts';
import { usePages } from '../shell/use-pages.ts';
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';

type Task = MethodOutput<'console.task'>;

const STATUSES = ['running', 'completed', 'failed', 'cancelled'] as const;
type Filter = (typeof STATUSES)[number] | 'all';
const isFilter = (value: string): value is Filter =>
  value === 'all' || STATUSES.some((status) => status === value);

const PAGE = 50;

export function TasksTab() {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const id = useId();
  const [filter, setFilter] = useState<Filter>('all');
  const load = useCallback(
    async (cursor: string | undefined) => {
      const answer = await call('console.tasks', {
        limit: PAGE,
        ...(filter === 'all' ? {} : { status: filter }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (!answer.ok) return answer;
      return { ok: true as const, value: { items: answer.value.tasks, next: answer.value.next } };
    },
    [call, filter],
  );
  const pages = usePages(load, filter);
  const { order, said } = useOrder(pages.reload);
  const cancel = (task: Task): void => {
    void order(call('console.cancelTask', { task_id: task.id }), t('tasks.cancelAsked'));
  };
  return (
    <section className="co-card" aria-labelledby="tasks-title">
      <div className="co-head">
        <h2 id="tasks-title">{t('tasks.title')}</h2>
        <div className="field co-search">
          <label htmlFor={id} className="visually-hidden">
            {t('tasks.filter')}
          </label>
          <select
            id={id}
            className="co-select"
            value={filter}
            onChange={({ target }) => {
              if (isFilter(target.value)) setFilter(target.value);
            }}
          >
            <option value="all">{t('tasks.all')}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {t(`tasks.${status}`)}
              </option>
            ))}
          </select>
        </div>
      </div>
      <p className="co-said" role="status">
        {said}
      </p>
      <PagedList
        label={t('tasks.title')}
        pages={pages}
        empty={t('tasks.none')}
        keyOf={(task) => task.id}
        row={(task) => <TaskRow task={task} onCancel={cancel} />}
      />
    </section>
  );
}

function TaskRow({ task, onCancel }: { task: Task; onCancel: (task: Task) => void }) {
  const { t } = useConsoleTexts();
  const { dateTime, percent } = useFormats();
  const name = task.title ?? task.id;
  return (
    <div className="co-row">
      <div className="co-row-text">
        <strong>{name}</strong>
        <span className="co-chips">
          <span className={`co-chip ${task.status}`}>{t(`tasks.${task.status}`)}</span>
          <span>{task.owner}</span>
          <span>{dateTime(task.created_at)}</span>
          {task.message !== '' && <span>{task.message}</span>}
        </span>
      </div>
      {task.status === 'running' && (
        <>
          <progress
            aria-label={`${name}: ${percent(task.progress)}`}
            value={task.progress}
            max={100}
          />
          <button
            type="button"
            className="button quiet small"
            disabled={task.is_cancel_requested}
            onClick={() => onCancel(task)}
          >
            {t(task.is_cancel_requested ? 'tasks.cancelAsked' : 'tasks.cancel')}
            <span className="visually-hidden">{` (${name})`}</span>
          </button>
        </>
      )}
    </div>
  );
}
