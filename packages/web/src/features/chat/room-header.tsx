/** Where one is, how the connection is, and on a phone the way to the list of people. */
import { useId } from 'react';
import type { ReactNode } from 'react';
import type { ConnectionState } from '../../connection/connection-state.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/use-text.ts';
import { CloseIcon, PeopleIcon } from '../../ui/icons.tsx';
import { Logo } from '../../ui/logo.tsx';

interface RoomHeaderProps {
  readonly room: string;
  readonly count: number;
  readonly connection: ConnectionState;
  readonly hasHeartbeat: boolean;
  readonly panel: ReactNode;
}

export function RoomHeader({ room, count, connection, hasHeartbeat, panel }: RoomHeaderProps) {
  const { t, count: counted } = useText();
  const panelId = useId();
  const isOpen = connection.status === 'open';
  const dot = isOpen ? 'good' : connection.status === 'closed' ? '' : 'busy';
  return (
    <header className="room-header">
      <a className="icon-button" href="/" aria-label={t('nav.messenger')}>
        <Logo />
      </a>
      <div className="room-title">
        <h1># {room}</h1>
        <p role="status" className="room-status">
          <span className={`dot ${dot}`} />
          {t(stateKey(connection, hasHeartbeat))}
        </p>
      </div>
      <button
        type="button"
        className="button quiet people-button"
        popoverTarget={panelId}
        aria-label={`${t('people.title')}: ${counted('people', count)}`}
      >
        <PeopleIcon />
        {count}
      </button>
      <div
        id={panelId}
        popover="auto"
        className="people-sheet"
        role="dialog"
        aria-label={t('people.title')}
      >
        <button
          type="button"
          className="icon-button sheet-close"
          popoverTarget={panelId}
          popoverTargetAction="hide"
          aria-label={t('ui.close')}
        >
          <CloseIcon />
        </button>
        {panel}
      </div>
    </header>
  );
}

function stateKey(connection: ConnectionState, hasHeartbeat: boolean): MessageKey {
  switch (connection.status) {
    case 'open':
      return hasHeartbeat ? 'state.heartbeat' : 'state.open';
    case 'connecting':
      return connection.lostAtMs === undefined ? 'state.connecting' : 'state.waiting';
    case 'waiting':
      return 'state.waiting';
    case 'idle':
      return 'state.idle';
    case 'closed':
      return 'state.closed';
  }
}
