/** `/playground`: connect by hand, say something, watch both directions, take it away as code. */
import { useEffect } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { TopBar } from '../../ui/top-bar.tsx';
import { ConnectForm } from './connect-form.tsx';
import { LogPanel } from './log-panel.tsx';
import { SendForm } from './send-form.tsx';
import { usePlayground } from './use-playground.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';
import './playground.css';
import './frames.css';

export function PlaygroundPage() {
  const { t } = usePlaygroundTexts();
  const shared = useText();
  const { session, connection, composer, actions } = usePlayground();
  useEffect(() => {
    document.title = t('page.title');
  }, [t]);
  const { endpoint } = connection.target;
  return (
    <>
      <a className="skip-link" href="#content">
        {shared.t('ui.skip')}
      </a>
      <TopBar current="playground" />
      <main id="content" className="playground">
        <header className="pg-head">
          <h1>{t('head.title')}</h1>
          <p>{t('head.lead')}</p>
        </header>
        <div className="pg-side">
          <ConnectForm
            {...connection}
            onTarget={actions.chooseTarget}
            onWho={actions.chooseWho}
            onAnswerPings={actions.answerPings}
            onConnect={() => void actions.connect()}
            onDisconnect={() => session.close()}
          />
          <SendForm
            {...composer}
            endpoint={endpoint}
            isOpen={connection.status === 'open'}
            onText={actions.setText}
            onSend={actions.send}
          />
        </div>
        <LogPanel
          session={session}
          onReuse={endpoint.sends === 'nothing' ? undefined : actions.setText}
        />
      </main>
    </>
  );
}
