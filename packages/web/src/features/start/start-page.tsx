/** `/`: what this server does, live, and the commands to try it with. */
import { useText } from '../../i18n/use-text.ts';
import { TopBar } from '../../ui/top-bar.tsx';
import { Bell } from './bell.tsx';
import { ChatCard } from './chat-card.tsx';
import { Hero } from './hero.tsx';
import { NotifyCard } from './notify-card.tsx';
import { TaskCard } from './task-card.tsx';
import { useDemo } from './use-demo.ts';
import './bell.css';
import './cards.css';
import './command.css';
import './start.css';
import './tasks.css';

/** `?user=` looks at somebody else's bell, so that two windows can be two people. */
const user = new URL(location.href).searchParams.get('user') ?? 'alice';

export function StartPage() {
  const { t } = useText();
  const state = useDemo(user);
  const demo = state.status === 'ready' ? state.demo : undefined;
  const name = demo?.user ?? user;
  return (
    <>
      <a className="skip-link" href="#try">
        {t('ui.skip')}
      </a>
      <TopBar current="home">{demo !== undefined && <Bell bell={demo.bell} />}</TopBar>
      <main className="start">
        <Hero demo={demo} />
        {state.status === 'unavailable' && <p className="start-note">{t('start.noDemo')}</p>}
        <div id="try" className="cards">
          <NotifyCard user={name} bell={demo?.bell} />
          <TaskCard user={name} tasks={demo?.tasks} />
          <ChatCard />
        </div>
      </main>
    </>
  );
}
