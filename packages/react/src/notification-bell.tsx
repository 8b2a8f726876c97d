/** `<NotificationBell/>`: a button with the number of unread ones, and the list that opens from it. */
import { useEffect, useId, useRef } from 'react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import type { BellItem } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { classNames } from './class-names.ts';
import { NotificationList } from './notification-list.tsx';
import { useNotificationBell } from './use-notification-bell.ts';
import type { UseNotificationBellOptions } from './use-notification-bell.ts';

export interface NotificationBellProps extends UseNotificationBellOptions {
  readonly className?: string;
  /** Instead of the drawn bell. */
  readonly icon?: ReactNode;
  /** Follow the link of a notification, for example with your router; the browser does where it is not given. */
  readonly onOpen?: (item: BellItem) => void;
}

export function NotificationBell({ className, icon, onOpen, ...options }: NotificationBellProps) {
  const bell = useNotificationBell(options);
  const { t } = useTexts();
  const panelId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const close = (): void => {
    bell.setOpen(false);
    button.current?.focus();
  };
  useOutside(root, bell.isOpen, () => bell.setOpen(false));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !bell.isOpen) return;
    event.stopPropagation();
    close();
  };
  // Not on this page: a button that does nothing would be a riddle.
  if (bell.status === 'off') return null;
  return (
    <div className={classNames('carillon-bell', className)} ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        ref={button}
        className="carillon-bell-button"
        aria-label={bell.label}
        aria-haspopup="dialog"
        aria-expanded={bell.isOpen}
        aria-controls={bell.isOpen ? panelId : undefined}
        onClick={() => bell.setOpen(!bell.isOpen)}
      >
        {icon ?? <BellIcon />}
        {bell.badge !== '' && (
          <span className="carillon-badge" aria-hidden="true">
            {bell.badge}
          </span>
        )}
      </button>
      <span className="carillon-hidden" role="status">
        {bell.unread > 0 ? bell.label : ''}
      </span>
      {bell.isOpen && (
        <Panel id={panelId} label={t('bell.title')}>
          <NotificationList bell={bell} {...(onOpen === undefined ? {} : { onOpen })} />
        </Panel>
      )}
    </div>
  );
}

/** Takes the focus when it opens, so that a keyboard is where the eyes are. */
function Panel({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus(), []);
  return (
    <div
      id={id}
      ref={panel}
      className="carillon-bell-panel"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
    >
      {children}
    </div>
  );
}

/** A press or the focus anywhere else closes it. */
function useOutside(
  root: RefObject<HTMLElement | null>,
  isOpen: boolean,
  onOutside: () => void,
): void {
  const latest = useRef(onOutside);
  useEffect(() => {
    latest.current = onOutside;
  });
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    const look = ({ target }: Event): void => {
      if (target instanceof Node && root.current?.contains(target) === false) latest.current();
    };
    for (const type of ['pointerdown', 'focusin'])
      document.addEventListener(type, look, { signal: stop.signal });
    return () => stop.abort();
  }, [isOpen, root]);
}

const BellIcon = () => (
  <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="currentColor">
    <path d="M12 2.500c-3.900 0-6.200 2.900-6.200 6.700v3.600l-1.900 3.300c-.4.700.1 1.500.9 1.500h14.400c.8 0 1.300-.8.9-1.500l-1.900-3.300V9.200c0-3.800-2.300-6.700-6.200-6.700zM9.200 19.200a2.800 2.800 0 0 0 5.600 0z" />
  </svg>
);
