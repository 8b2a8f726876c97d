/** Ring the bell: the command on one side, what it does on the other. */
import { useText } from '../../i18n/use-text.ts';
import { BellList } from './bell-list.tsx';
import type { BellClient } from './bell-client.ts';
import { CommandBlock } from './command-block.tsx';
import { KEY_VARIABLE, notifyCommand } from './commands.ts';

const SHOWN = 3;

export function NotifyCard({ user, bell }: { user: string; bell: BellClient | undefined }) {
  const { t } = useText();
  const title = t('try.sample.title');
  const content = t('try.sample.content');
  const command = notifyCommand({ origin: location.origin, user, taskId: '' }, { title, content });
  return (
    <section className="card" aria-labelledby="notify-title">
      <div className="card-try">
        <h2 id="notify-title">{t('try.notify.title')}</h2>
        <p className="card-lead">{t('try.notify.lead')}</p>
        <CommandBlock label={t('try.notify.title')} command={command} />
        <p className="card-hint">{t('start.key', { variable: KEY_VARIABLE })}</p>
      </div>
      {bell !== undefined && (
        <div className="card-live">
          <div className="card-stay">
            <h3>{t('bell.title')}</h3>
            <BellList bell={bell} limit={SHOWN} />
          </div>
        </div>
      )}
    </section>
  );
}
