/** In development: the commands a backend would send, filled in for this server and this person. */
import { useState } from 'react';
import { useMessenger, useReadable } from '../messenger.ts';
import { BackIcon } from '../../../ui/icons.tsx';
import { goToList } from '../shell/route.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { CommandBlock } from './command-block.tsx';
import {
  appendCommand,
  completeCommand,
  KEY_VARIABLE,
  notifyCommand,
  progressCommand,
  sendCommand,
  startCommand,
} from './commands.ts';

export function TryPanel() {
  const { t } = useMessengerText();
  return (
    <section className="try" aria-labelledby="try-title">
      <header className="try-head">
        <button
          type="button"
          className="icon-button back-button"
          aria-label={t('app.back')}
          onClick={goToList}
        >
          <BackIcon />
        </button>
        <div>
          <h1 id="try-title">{t('try.title')}</h1>
          <p className="quiet-text">{t('try.lead')}</p>
        </div>
      </header>
      <p className="key-note">{t('try.key', { variable: KEY_VARIABLE })}</p>
      <div className="try-cards">
        <NotifyCard />
        <TaskCommands />
        <SendCard />
      </div>
    </section>
  );
}

function NotifyCard() {
  const { t } = useMessengerText();
  const { user } = useMessenger();
  const texts = { title: t('try.sample.title'), content: t('try.sample.content') };
  return (
    <section className="try-card" aria-labelledby="try-notify">
      <h2 id="try-notify">{t('try.notify.title')}</h2>
      <p className="quiet-text">{t('try.notify.lead')}</p>
      <CommandBlock
        label={t('try.notify.title')}
        command={notifyCommand({ origin: location.origin, user }, texts)}
      />
    </section>
  );
}

function TaskCommands() {
  const { t } = useMessengerText();
  const { user } = useMessenger();
  // A finished task cannot be started again, so every visit proposes an id of its own.
  const [taskId] = useState(() => `report-${Date.now().toString(36).slice(-5)}`);
  const input = { origin: location.origin, user, taskId };
  const steps = [
    { key: 'start', command: startCommand(input, t('try.sample.task')) },
    { key: 'progress', command: progressCommand(input, t('try.sample.step')) },
    { key: 'append', command: appendCommand(input, t('try.sample.text')) },
    { key: 'complete', command: completeCommand(input) },
  ] as const;
  return (
    <section className="try-card" aria-labelledby="try-task">
      <h2 id="try-task">{t('try.task.title')}</h2>
      <p className="quiet-text">{t('try.task.lead')}</p>
      {steps.map(({ key, command }, index) => (
        <CommandBlock
          key={key}
          label={`${index + 1} · ${t(`try.task.${key}`)}`}
          command={command}
        />
      ))}
    </section>
  );
}

/** Needs a conversation to speak in: the newest one. */
function SendCard() {
  const { t } = useMessengerText();
  const { chat, user } = useMessenger();
  const { items } = useReadable(chat.conversations);
  const target = items[0];
  if (target === undefined) return null;
  const sender = target.members.find((member) => member.user !== user)?.user ?? user;
  return (
    <section className="try-card" aria-labelledby="try-send">
      <h2 id="try-send">{t('try.chat.title')}</h2>
      <p className="quiet-text">{t('try.chat.lead')}</p>
      <CommandBlock
        label={t('try.chat.title')}
        command={sendCommand(
          { origin: location.origin, user: sender },
          { conversationId: target.id, content: t('try.sample.message') },
        )}
      />
    </section>
  );
}
