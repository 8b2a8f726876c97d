/** One bar per task, newest first. */
import { useSyncExternalStore } from 'react';
import { useText } from '../../i18n/use-text.ts';
import type { TaskView } from './task-list.ts';
import type { TasksClient } from './tasks-client.ts';

export function TaskBars({ tasks }: { tasks: TasksClient }) {
  const { t } = useText();
  const list = useSyncExternalStore(tasks.tasks.subscribe, tasks.tasks.getSnapshot);
  if (list.length === 0) return <p className="empty">{t('task.empty')}</p>;
  return (
    <ul className="tasks">
      {list.map((task) => (
        <TaskBar key={task.id} task={task} />
      ))}
    </ul>
  );
}

function TaskBar({ task }: { task: TaskView }) {
  const { t } = useText();
  const { id, title, status, message, step, totalSteps } = task;
  const percent = Math.round(status === 'completed' ? 100 : task.progress);
  const name = title === '' ? id : title;
  const steps = totalSteps > 0 ? t('task.step', { step, total: totalSteps }) : '';
  const detail = [message, status === 'running' ? steps : ''].filter((part) => part !== '');
  return (
    <li className={`task ${status}`}>
      <div className="task-head">
        <span className="task-name">{name}</span>
        <span className="task-state">{t(`task.${status}`)}</span>
        <span className="task-percent">{t('task.percent', { n: percent })}</span>
      </div>
      <div
        className="task-track"
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={[t('task.percent', { n: percent }), ...detail].join(', ')}
      >
        <div className="task-fill" style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
      <p className="task-detail">{detail.join(' · ') || '\u00A0'}</p>
    </li>
  );
}
