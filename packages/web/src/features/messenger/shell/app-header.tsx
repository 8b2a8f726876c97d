/** The head of the messenger: where one can go, tasks, bell, and the menu of the person. */
import type { ConnectionState } from '@carillon/client';
import { Logo } from '../../../ui/logo.tsx';
import { PageLinks } from '../../../ui/top-bar.tsx';
import { Bell } from '../bell/bell.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { TasksButton } from '../tasks/tasks-button.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { UserMenu } from './user-menu.tsx';

export function AppHeader() {
  return (
    <header className="app-header">
      <a className="brand" href="/" aria-current="page">
        <Logo />
        <span className="brand-name">Carillon</span>
      </a>
      <PageLinks current="home" />
      <StateMark />
      <TasksButton />
      <Bell />
      <UserMenu />
    </header>
  );
}

const DOTS: Readonly<Record<ConnectionState['status'], string>> = {
  idle: '',
  connecting: 'busy',
  connected: 'good',
  waiting: 'busy',
  offline: '',
  closed: '',
};

function StateMark() {
  const { t } = useMessengerText();
  const { client } = useMessenger();
  const state = useReadable(client.state);
  const key = state.status === 'idle' ? 'closed' : state.status;
  return (
    <span className="state-mark" role="status" title={titleOf()}>
      <span className={`dot ${DOTS[state.status]}`} />
      <span className="state-text">{t(`state.${key}`)}</span>
    </span>
  );

  function titleOf(): string | undefined {
    if (state.status !== 'connected') return undefined;
    const transport = state.transport.replace('_', ' ');
    return [t('state.via', { transport }), state.isShared ? t('state.shared') : '']
      .filter((part) => part !== '')
      .join(', ');
  }
}
