/** The bell: a button with the number of unread ones, and the list that opens from it. */
import { useEffect, useId, useState, useSyncExternalStore } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { BellIcon } from '../../ui/icons.tsx';
import type { BellClient } from './bell-client.ts';
import { BellList } from './bell-list.tsx';
import { badgeText } from './inbox.ts';

const SHOWN = 20;

export function Bell({ bell }: { bell: BellClient }) {
  const { t } = useText();
  const { counts } = useSyncExternalStore(bell.inbox.subscribe, bell.inbox.getSnapshot);
  const [isOpen, setOpen] = useState(false);
  const panelId = useId();
  const { unread } = counts;

  useEffect(() => {
    document.title = `${unread === 0 ? '' : `(${badgeText(unread)}) `}Carillon`;
  }, [unread]);

  return (
    <div className="bell">
      <button
        type="button"
        className="icon-button"
        popoverTarget={panelId}
        aria-expanded={isOpen}
        aria-label={t('bell.label', { n: unread })}
      >
        <BellIcon size={24} />
        {unread > 0 && (
          <span className="badge" aria-hidden="true">
            {badgeText(unread)}
          </span>
        )}
      </button>
      <div
        id={panelId}
        popover="auto"
        className="bell-panel"
        role="dialog"
        aria-label={t('bell.title')}
        onToggle={({ newState }) => {
          setOpen(newState === 'open');
          if (newState === 'open') void bell.mark('all', 'seen');
        }}
      >
        <div className="bell-head">
          <h2>{t('bell.title')}</h2>
          {unread > 0 && (
            <button
              type="button"
              className="text-button"
              onClick={() => void bell.mark('all', 'read')}
            >
              {t('bell.readAll')}
            </button>
          )}
        </div>
        {isOpen && <BellList bell={bell} limit={SHOWN} />}
      </div>
    </div>
  );
}
