/** The settings in force on the process that answered. Secrets never come here. */
import { useDeferredValue, useState } from 'react';
import type { MethodOutput } from '@carillon/client';
import type { ConsoleFailure } from '../shell/console-api.ts';
import { EmptyNote, FailureNote, LoadingNote } from '../shell/notes.tsx';
import { SearchField } from '../shell/search-field.tsx';
import { useConsole, usePolling } from '../shell/use-console.ts';
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';

type Configuration = MethodOutput<'console.configuration'>;
type Setting = Configuration['settings'][number];

const REFRESH_MS = 60_000;

export function ConfigurationTab() {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const [configuration, setConfiguration] = useState<Configuration | undefined>(undefined);
  const [failure, setFailure] = useState<ConsoleFailure | undefined>(undefined);
  const ask = async (): Promise<void> => {
    const answer = await call('console.configuration', {});
    if (answer.ok) setConfiguration(answer.value);
    setFailure(answer.ok ? undefined : answer);
  };
  usePolling(ask, REFRESH_MS);
  if (configuration === undefined) {
    return failure === undefined ? (
      <LoadingNote />
    ) : (
      <FailureNote failure={failure} onRetry={() => void ask()} />
    );
  }
  const { kind, version, engine, store } = configuration;
  return (
    <>
      <p className="co-lead">{t('config.lead', { kind, version, engine, store })}</p>
      <Settings settings={configuration.settings} />
      <Namespaces namespaces={configuration.namespaces} />
    </>
  );
}

function Settings({ settings }: { settings: readonly Setting[] }) {
  const { t } = useConsoleTexts();
  const [typed, setTyped] = useState('');
  const [changedOnly, setChangedOnly] = useState(false);
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const shown = settings.filter(
    ({ name, description, is_default: isDefault }) =>
      (!changedOnly || !isDefault) && `${name} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <section className="co-card" aria-labelledby="settings-title">
      <div className="co-head">
        <h2 id="settings-title">{t('config.title')}</h2>
        <SearchField label={t('config.search')} value={typed} onChange={setTyped} />
      </div>
      <label className="co-check">
        <input
          type="checkbox"
          checked={changedOnly}
          onChange={({ target }) => setChangedOnly(target.checked)}
        />
        {t('config.changedOnly')}
      </label>
      {shown.length === 0 ? (
        <EmptyNote text={t('config.none')} />
      ) : (
        <div className="co-scroll" role="region" aria-labelledby="settings-title" tabIndex={0}>
          <table className="co-table">
            <thead>
              <tr>
                <th scope="col">{t('config.name')}</th>
                <th scope="col">{t('config.value')}</th>
                <th scope="col">{t('config.meaning')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((setting) => (
                <tr key={setting.name}>
                  <th scope="row">
                    <code>{setting.name}</code>
                  </th>
                  <td>
                    <Value setting={setting} />
                  </td>
                  <td lang="en">{setting.description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Value({ setting }: { setting: Setting }) {
  const { t } = useConsoleTexts();
  if (!setting.is_set) return <span className="co-faint">{t('config.unset')}</span>;
  if (setting.is_secret) return <span className="co-chip">{t('config.hidden')}</span>;
  return (
    <>
      <code>{setting.value}</code>
      {setting.is_default && <span className="co-faint"> {t('config.default')}</span>}
    </>
  );
}

function Namespaces({ namespaces }: Pick<Configuration, 'namespaces'>) {
  const { t } = useConsoleTexts();
  const { count, duration } = useFormats();
  return (
    <section className="co-card" aria-labelledby="namespaces-title">
      <h2 id="namespaces-title">{t('config.namespaces')}</h2>
      <div className="co-scroll" role="region" aria-labelledby="namespaces-title" tabIndex={0}>
        <table className="co-table">
          <thead>
            <tr>
              <th scope="col">{t('config.namespace')}</th>
              <th scope="col" className="number">
                {t('config.history')}
              </th>
              <th scope="col">{t('config.recovery')}</th>
              <th scope="col">{t('config.presence')}</th>
            </tr>
          </thead>
          <tbody>
            {namespaces.map((namespace) => (
              <tr key={namespace.name}>
                <th scope="row">
                  <code>{namespace.name === '' ? '""' : namespace.name}</code>
                </th>
                <td className="number">
                  {namespace.history_size === 0
                    ? '–'
                    : `${count(namespace.history_size)} · ${duration(namespace.history_ttl_ms)}`}
                </td>
                <td>{t(namespace.has_recovery ? 'config.yes' : 'config.no')}</td>
                <td>{t(namespace.has_presence ? 'config.yes' : 'config.no')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
