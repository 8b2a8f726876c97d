/** `/console`: logged out, the way in; logged in, one part at a time, named by the URL's hash. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { ComponentType, MouseEvent } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { LeaveIcon } from '../../ui/icons.tsx';
import { TopBar } from '../../ui/top-bar.tsx';
import { ChannelsTab } from './channels/channels-tab.tsx';
import { ConfigurationTab } from './configuration/configuration-tab.tsx';
import { NotifyTab } from './notify/notify-tab.tsx';
import { OverviewTab } from './overview/overview-tab.tsx';
import { PushesTab } from './pushes/pushes-tab.tsx';
import { createConsoleCall } from './shell/console-api.ts';
import type { ConsoleCall } from './shell/console-api.ts';
import { createConsoleSession } from './shell/console-session.ts';
import { LogIn } from './shell/log-in.tsx';
import { ConsoleContext } from './shell/use-console.ts';
import type { Console } from './shell/use-console.ts';
import { TasksTab } from './tasks/tasks-tab.tsx';
import { useConsoleTexts } from './use-console-texts.ts';
import { UsersTab } from './users/users-tab.tsx';
import './console.css';
import './lists.css';

const TABS = {
  overview: OverviewTab,
  users: UsersTab,
  channels: ChannelsTab,
  notify: NotifyTab,
  tasks: TasksTab,
  pushes: PushesTab,
  configuration: ConfigurationTab,
} as const satisfies Record<string, ComponentType>;

type TabName = keyof typeof TABS;

const isTab = (name: string): name is TabName => Object.hasOwn(TABS, name);
const TAB_NAMES = Object.keys(TABS).filter(isTab);

const session = createConsoleSession();

function subscribeToHash(listener: () => void): () => void {
  globalThis.addEventListener('hashchange', listener);
  return () => globalThis.removeEventListener('hashchange', listener);
}

function currentTab(): TabName {
  const name = location.hash.slice(1);
  return isTab(name) ? name : 'overview';
}

/** The hash names the part that is shown: it stays. */
function skipToContent(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
}

export function ConsolePage() {
  const { t } = useConsoleTexts();
  const shared = useText();
  const state = useSyncExternalStore(session.subscribe, session.get);
  const tab = useSyncExternalStore(subscribeToHash, currentTab);
  useEffect(() => {
    document.title = t(state.type === 'in' ? 'page.tab' : 'page.title', { tab: t(`tab.${tab}`) });
  }, [t, state.type, tab]);
  return (
    <>
      <a className="skip-link" href="#content" onClick={skipToContent}>
        {shared.t('ui.skip')}
      </a>
      <TopBar current="console">
        {state.type === 'in' && (
          <button
            type="button"
            className="icon-button"
            aria-label={t('login.out')}
            title={t('login.out')}
            onClick={() => session.logOut()}
          >
            <LeaveIcon />
          </button>
        )}
      </TopBar>
      <main id="content" className="console" tabIndex={-1}>
        {state.type === 'out' ? (
          <LogIn session={session} reason={state.reason} />
        ) : (
          <Inside token={state.token} tab={tab} />
        )}
      </main>
    </>
  );
}

function Inside({ token, tab }: { token: string; tab: TabName }) {
  const { t } = useConsoleTexts();
  const context = useConsoleContext(token);
  const Tab = TABS[tab];
  return (
    <ConsoleContext value={context}>
      <h1 className="visually-hidden">{t('page.heading')}</h1>
      <Tabs current={tab} />
      <Tab />
    </ConsoleContext>
  );
}

function Tabs({ current }: { current: TabName }) {
  const { t } = useConsoleTexts();
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = list.current?.querySelector('[aria-current]');
    link?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [current]);
  return (
    <nav ref={list} className="co-tabs" aria-label={t('tab.label')}>
      {TAB_NAMES.map((name) => (
        <a key={name} href={`#${name}`} aria-current={name === current ? 'page' : undefined}>
          {t(`tab.${name}`)}
        </a>
      ))}
    </nav>
  );
}

/** The same call for as long as somebody is logged in, with whatever token there is by then. */
function useConsoleContext(token: string): Console {
  const current = useRef(token);
  useEffect(() => {
    current.current = token;
  }, [token]);
  return useMemo(() => {
    const call: ConsoleCall = async (method, input) => {
      const answer = await createConsoleCall(current.current)(method, input);
      if (!answer.ok && answer.status === 401) session.logOut('expired');
      if (!answer.ok && answer.status === 403) session.logOut('forbidden');
      return answer;
    };
    return { call, overview: { last: undefined } };
  }, []);
}
