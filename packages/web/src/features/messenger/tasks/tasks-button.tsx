/** The tasks in the head: how many run, and the panel with their bars. */
import { TasksIcon } from '../../../ui/icons.tsx';
import { EndOfList } from '../conversations/end-of-list.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { Badge } from '../shell/badge.tsx';
import { HeaderPopover } from '../shell/header-popover.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { LiveTask, TaskCard } from './task-card.tsx';

/** More than this many are not watched live: the others are told when they end. */
const MAX_WATCHED = 8;

export function TasksButton() {
  const { t, count } = useMessengerText();
  const { tasks } = useMessenger();
  const { items } = useReadable(tasks.list);
  const running = items.filter(({ status }) => status === 'running').length;
  return (
    <HeaderPopover
      className="tasks-panel"
      label={count('task.label', running)}
      title={t('task.title')}
      icon={
        <>
          <TasksIcon />
          <Badge n={running} isCalm />
        </>
      }
    >
      <div className="panel-head">
        <h2>{t('task.title')}</h2>
      </div>
      <div className="panel-scroll">
        <TaskList />
      </div>
    </HeaderPopover>
  );
}

function TaskList() {
  const { t } = useMessengerText();
  const { tasks } = useMessenger();
  const { items, status, hasMore } = useReadable(tasks.list);
  if (items.length === 0) {
    if (status === 'loading') {
      return (
        <div className="skeletons" role="status" aria-label={t('task.loading')}>
          <span />
          <span />
        </div>
      );
    }
    return <p className="empty-note">{t(status === 'error' ? 'task.error' : 'task.empty')}</p>;
  }
  const watched = new Set(
    items
      .filter((task) => task.status === 'running')
      .slice(0, MAX_WATCHED)
      .map(({ id }) => id),
  );
  return (
    <>
      <ul className="tasks">
        {items.map((task) =>
          watched.has(task.id) ? (
            <LiveTask key={task.id} task={task} />
          ) : (
            <TaskCard key={task.id} task={task} />
          ),
        )}
      </ul>
      {hasMore && <EndOfList label={t('task.more')} onReached={() => tasks.loadMore()} />}
    </>
  );
}
