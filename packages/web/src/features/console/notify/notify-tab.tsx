/** A notice to some people, to all who are connected, or to everybody; and how far it is. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import type { MethodInput, MethodOutput } from '@carillon/client';
import type { ConsoleFailure } from '../shell/console-api.ts';
import { Dialog } from '../shell/dialog.tsx';
import { FailureNote } from '../shell/notes.tsx';
import { useConsole } from '../shell/use-console.ts';
import { useConsoleTexts } from '../use-console-texts.ts';
import { NoticeForm } from './notice-form.tsx';
import { EMPTY_NOTICE, noticeOf, problemOf } from './notice.ts';
import type { Draft } from './notice.ts';
import { SendingProgress } from './sending-progress.tsx';

type Task = MethodOutput<'console.notify'>;

export function NotifyTab() {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const [draft, setDraft] = useState<Draft>(EMPTY_NOTICE);
  const [asks, setAsks] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const [task, setTask] = useState<Task | undefined>(undefined);
  const [failure, setFailure] = useState<ConsoleFailure | undefined>(undefined);

  const send = async (): Promise<void> => {
    setAsks(false);
    const notice: MethodInput<'console.notify'> = noticeOf(draft);
    const answer = await call('console.notify', notice);
    setFailure(answer.ok ? undefined : answer);
    if (!answer.ok) return;
    setTask(answer.value);
    setDraft({ ...EMPTY_NOTICE, audience: draft.audience });
    setIsTried(false);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (problemOf(draft) !== undefined) return;
    if (draft.audience === 'users') void send();
    else setAsks(true);
  };
  const problem = isTried ? problemOf(draft) : undefined;
  return (
    <section className="co-card" aria-labelledby="notify-title">
      <h2 id="notify-title">{t('notify.title')}</h2>
      {task !== undefined && <SendingProgress key={task.id} first={task} />}
      {failure !== undefined && <FailureNote failure={failure} />}
      <NoticeForm draft={draft} problem={problem} onDraft={setDraft} onSubmit={submit} />
      {asks && (
        <Dialog
          title={t(`notify.ask.${draft.audience}`)}
          confirm={t('notify.send')}
          isDangerous
          onConfirm={() => void send()}
          onClose={() => setAsks(false)}
        >
          <p>{t('notify.askText', { title: draft.title })}</p>
        </Dialog>
      )}
    </section>
  );
}
