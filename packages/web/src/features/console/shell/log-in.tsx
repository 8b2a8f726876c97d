/** The way in: the operators' password, a token with the `admin` claim, or one click in development. */
import { useEffect, useId, useState } from 'react';
import type { FormEvent } from 'react';
import { request } from '../../../session/server.ts';
import { LockIcon } from '../../../ui/icons.tsx';
import { useConsoleTexts } from '../use-console-texts.ts';
import { logInWays } from './console-session.ts';
import type { ConsoleSession, LogInResult, LogInWays } from './console-session.ts';

interface LogInProps {
  readonly session: ConsoleSession;
  readonly reason: 'expired' | 'forbidden' | undefined;
}

export function LogIn({ session, reason }: LogInProps) {
  const { t } = useConsoleTexts();
  const ways = useWays();
  const [result, setResult] = useState<LogInResult | undefined>(undefined);
  const [isBusy, setIsBusy] = useState(false);
  const attempt = async (way: () => Promise<LogInResult>): Promise<void> => {
    setIsBusy(true);
    setResult(undefined);
    setResult(await way());
    setIsBusy(false);
  };
  const problem = result === undefined || result === 'ok' ? undefined : t(`login.${result}`);
  return (
    <section className="co-card co-login" aria-labelledby="login-title">
      <h1 id="login-title">{t('login.title')}</h1>
      <p className="co-lead">{t('login.lead')}</p>
      {reason !== undefined && result === undefined && (
        <p className="co-note warn" role="status">
          {t(`login.${reason}`)}
        </p>
      )}
      <p role="alert" className="problem">
        {problem}
      </p>
      {ways?.hasPassword === true && (
        <SecretForm
          name="password"
          label={t('login.password')}
          hint={t('login.passwordHint')}
          action={t('login.enter')}
          isBusy={isBusy}
          onSecret={(password) => void attempt(() => session.logIn(password))}
        />
      )}
      {ways?.hasDemo === true && (
        <button
          type="button"
          className="button"
          disabled={isBusy}
          onClick={() => void attempt(() => session.logInAsDemo())}
        >
          <LockIcon />
          {t('login.demo')}
        </button>
      )}
      <details className="co-more" open={ways?.hasPassword === false && !ways.hasDemo}>
        <summary>{t('login.other')}</summary>
        <SecretForm
          name="token"
          label={t('login.token')}
          hint={t('login.tokenHint')}
          action={t('login.useToken')}
          isBusy={isBusy}
          onSecret={(token) => void attempt(() => session.useToken(token))}
        />
      </details>
    </section>
  );
}

/** Which ways in this server has; undefined until it has answered. */
function useWays(): LogInWays | undefined {
  const [ways, setWays] = useState<LogInWays | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    const ask = async (): Promise<void> => {
      const settings = await request('GET', '/api/v1/client-settings');
      const found = await logInWays(settings.ok && settings.body['demo_login'] === true);
      if (!isGone) setWays(found);
    };
    void ask();
    return () => {
      isGone = true;
    };
  }, []);
  return ways;
}

interface SecretFormProps {
  readonly name: 'password' | 'token';
  readonly label: string;
  readonly hint: string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly onSecret: (secret: string) => void;
}

function SecretForm({ name, label, hint, action, isBusy, onSecret }: SecretFormProps) {
  const id = useId();
  const [secret, setSecret] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (secret === '') return;
    onSecret(secret.trim());
    setSecret('');
  };
  return (
    <form className="co-form" onSubmit={submit}>
      {name === 'password' && (
        <input
          className="visually-hidden"
          type="text"
          autoComplete="username"
          defaultValue="admin"
          tabIndex={-1}
          aria-hidden="true"
        />
      )}
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <input
          id={id}
          type="password"
          value={secret}
          autoComplete={name === 'password' ? 'current-password' : 'off'}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setSecret(target.value)}
        />
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      </div>
      <button className="button" type="submit" disabled={isBusy || secret === ''}>
        {action}
      </button>
    </form>
  );
}
