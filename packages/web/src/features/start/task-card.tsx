/** Move a progress bar: three commands on one side, the bars on the other. */
import { useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { CommandBlock } from './command-block.tsx';
import { completeCommand, progressCommand, startCommand } from './commands.ts';
import { TaskBars } from './task-bars.tsx';
import type { TasksClient } from './tasks-client.ts';

export function TaskCard({ user, tasks }: { user: string; tasks: TasksClient | undefined }) {
  const { t } = useText();
  // A finished task cannot be started again, so every visit proposes an id of its own.
  const [taskId] = useState(() => `report-${Date.now().toString(36).slice(-5)}`);
  const input = { origin: location.origin, user, taskId };
  return (
    <section className="card" aria-labelledby="task-title">
      <div className="card-try">
        <h2 id="task-title">{t('try.task.title')}</h2>
        <p className="card-lead">{t('try.task.lead')}</p>
        <CommandBlock
          label={`1 · ${t('try.task.start')}`}
          command={startCommand(input, t('try.sample.task'))}
        />
        <CommandBlock
          label={`2 · ${t('try.task.progress')}`}
          command={progressCommand(input, t('try.sample.step'))}
        />
        <CommandBlock label={`3 · ${t('try.task.complete')}`} command={completeCommand(input)} />
      </div>
      {tasks !== undefined && (
        <div className="card-live">
          <div className="card-stay">
            <h3>{t('task.title')}</h3>
            <TaskBars tasks={tasks} />
          </div>
        </div>
      )}
    </section>
  );
}
