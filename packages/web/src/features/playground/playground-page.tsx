/** `/playground`: connect by hand, say something, watch both directions, take it away as code. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { subjectOf } from '../../session/sign-in.ts';
import { TopBar } from '../../ui/top-bar.tsx';
import { ConnectForm } from './connect-form.tsx';
import type { Target } from './connect-plan.ts';
import { endpointOf } from './endpoints.ts';
import { LogPanel } from './log-panel.tsx';
import { PlaygroundSession } from './playground-session.ts';
import { SendForm } from './send-form.tsx';
import { templatesOf, templateText } from './templates.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';
import { prove } from './who.ts';
import type { Who, WhoProblem } from './who.ts';
import './playground.css';
import './frames.css';

const VISITOR = 'alice';
const FIRST_TARGET: Target = {
  endpoint: endpointOf('native'),
  transport: 'websocket',
  fields: { username: VISITOR, user_id: VISITOR, room: 'lobby' },
  isGreeting: true,
};
const FIRST_WHO: Who = { kind: 'demo', name: VISITOR, token: '', isTicket: true };

export function PlaygroundPage() {
  const { t } = usePlaygroundTexts();
  const shared = useText();
  const [session] = useState(() => new PlaygroundSession(location.origin));
  const { status, nextId } = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const [target, setTarget] = useState(FIRST_TARGET);
  const [who, setWho] = useState(FIRST_WHO);
  const [problem, setProblem] = useState<WhoProblem>();
  const [isAnsweringPings, setAnsweringPings] = useState(true);
  const [text, setText] = useState(() => beginningOf(FIRST_TARGET, VISITOR));
  useEffect(() => {
    document.title = t('page.title');
  }, [t]);

  const chooseTarget = (next: Target): void => {
    if (next.endpoint !== target.endpoint) setText(beginningOf(next, nameOf(who)));
    setTarget(next);
  };
  // Names in paths must be the token's: they follow it until the visitor writes another.
  const chooseWho = (next: Who): void => {
    setWho(next);
    const [before, after] = [nameOf(who), nameOf(next)];
    const follow = (value: string | undefined): string =>
      value === undefined || value === before ? after : value;
    const { username, user_id, ...rest } = target.fields;
    setTarget({
      ...target,
      fields: { ...rest, username: follow(username), user_id: follow(user_id) },
    });
  };
  const connect = async (): Promise<void> => {
    setProblem(undefined);
    const proof = await prove(who, target);
    if (proof.ok) session.connect(target, proof.credential, proof.token);
    else setProblem(proof.problem);
  };
  const canSend = target.endpoint.sends !== 'nothing';
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
            target={target}
            who={who}
            status={status}
            problem={problem}
            isAnsweringPings={isAnsweringPings}
            onTarget={chooseTarget}
            onWho={chooseWho}
            onAnswerPings={(isAnswering) => {
              session.isAnsweringPings = isAnswering;
              setAnsweringPings(isAnswering);
            }}
            onConnect={() => void connect()}
            onDisconnect={() => session.close()}
          />
          <SendForm
            endpoint={target.endpoint}
            isOpen={status === 'open'}
            text={text}
            context={{ nextId, user: nameOf(who) }}
            onText={setText}
            onSend={(frame) => {
              if (session.send(frame)) setText(withNextId(frame, text));
            }}
          />
        </div>
        <LogPanel session={session} onReuse={canSend ? setText : undefined} />
      </main>
    </>
  );
}

const nameOf = (who: Who): string =>
  who.kind === 'token' ? (subjectOf(who.token) ?? VISITOR) : who.name;

function beginningOf({ endpoint }: Target, user: string): string {
  const [first] = templatesOf(endpoint);
  return first === undefined ? '' : templateText(first, { nextId: 2, user, nowMs: Date.now() });
}

/** A native command that was sent is there to be sent again, under the next number. */
const withNextId = (sent: string, text: string): string => {
  const id = /^\{"id":(\d+)/.exec(sent)?.[1];
  return id === undefined ? text : text.replace(/("id"\s*:\s*)\d+/, `$1${Number(id) + 1}`);
};
