/**
 * Desktop notifications for what comes into the inbox: by one tab alone, and only while no tab of
 * the application is looked at. The tabs agree by a lock and a bus of their own.
 */
import type { Inbox, Notification as InboxNotification } from '../inbox/inbox.ts';
import { platform, type ClientClock } from '../environment.ts';
import { createWritable, type Readable } from '../readable.ts';
import { browserTabs, type TabEnvironment } from '../tabs/tab-environment.ts';

export type DesktopPermission = NotificationPermission | 'unsupported';

export interface DesktopNotifications {
  readonly permission: Readable<DesktopPermission>;
  /** Asks the person. Call it from a click: browsers refuse, for good, what nobody asked for. */
  request(): Promise<DesktopPermission>;
  close(): void;
}

/** What the browser does, replaceable in tests. */
export interface Desktop {
  readonly permission: () => DesktopPermission;
  readonly request: () => Promise<DesktopPermission>;
  readonly isUserActive: () => boolean;
  readonly isLookedAt: () => boolean;
  readonly show: (title: string, options: NotificationOptions, onClick: () => void) => void;
}

export interface DesktopNotificationsOptions {
  readonly inbox: Inbox;
  /** Keeps applications of one origin apart. @default carillon */
  readonly name?: string;
  /** @default brings the tab to the front and opens the link, where it is one of this origin */
  readonly onClick?: (notification: InboxNotification) => void;
  readonly icon?: string;
  readonly desktop?: Desktop;
  readonly tabs?: TabEnvironment;
  readonly clock?: ClientClock;
}

/** So long the other tabs have to say that one of them is looked at. */
const ASK_MS = 200;

interface TabMessage {
  readonly type: 'ask' | 'looked_at';
  readonly id: string;
}

export function createDesktopNotifications(
  options: DesktopNotificationsOptions,
): DesktopNotifications {
  const { inbox, clock = platform().clock, desktop = browserDesktop() } = options;
  const { tabs = browserTabs(), onClick = openLink } = options;
  const name = `carillon-desktop ${options.name ?? 'carillon'}`;
  const permission = createWritable(desktop.permission());
  const asked = new Map<string, () => void>();
  let isLeader = tabs === undefined;

  const bus = tabs?.openBus(name, (message) => {
    const { type, id } = message as TabMessage;
    if (type === 'ask' && desktop.isLookedAt()) bus?.post({ type: 'looked_at', id });
    if (type === 'looked_at') asked.get(id)?.();
  });
  const release = tabs?.acquire(name, {
    onHeld: () => (isLeader = true),
    onLost: () => (isLeader = false),
  });
  const show = (notification: InboxNotification): void => {
    const { id, title, content: body } = notification;
    const { icon } = options;
    desktop.show(title, { body, tag: id, ...(icon !== undefined && { icon }) }, () =>
      onClick(notification),
    );
  };
  const stop = inbox.onNotification((notification) => {
    const { id, status } = notification;
    if (!isLeader || status !== 'unread' || desktop.permission() !== 'granted') return;
    if (desktop.isLookedAt()) return;
    const forget = clock.after(ASK_MS, () => {
      asked.delete(id);
      show(notification);
    });
    asked.set(id, () => {
      asked.delete(id);
      forget();
    });
    bus?.post({ type: 'ask', id });
  });
  return {
    permission,
    async request() {
      if (desktop.isUserActive()) permission.set(await desktop.request());
      return permission.get();
    },
    close() {
      stop();
      release?.();
      bus?.close();
      for (const forget of asked.values()) forget();
    },
  };
}

function browserDesktop(): Desktop {
  const isThere = typeof Notification === 'function';
  return {
    permission: () => (isThere ? Notification.permission : 'unsupported'),
    request: () =>
      isThere ? Notification.requestPermission() : Promise.resolve('unsupported' as const),
    // Firefox before 120 does not say: it asks by itself whether there was a click.
    isUserActive: () => navigator.userActivation?.isActive ?? true,
    isLookedAt: () => document.visibilityState === 'visible' && document.hasFocus(),
    show(title, options, onClick) {
      const shown = new Notification(title, options);
      shown.addEventListener('click', () => {
        window.focus();
        shown.close();
        onClick();
      });
    },
  };
}

function openLink({ link }: InboxNotification): void {
  const url = link === null ? undefined : new URL(link, location.href);
  if (url?.origin === location.origin) location.assign(url);
}
