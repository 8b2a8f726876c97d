/** A demo name where the server hands out tokens for names, else a token of the application's log-in. */
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { demoSignIn } from '../../../session/sign-in.ts';
import { isValidName } from '../../../ui/draft-rules.ts';
import { TextField } from '../../../ui/text-field.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import type { Session } from './stored-session.ts';
import { sessionOfToken } from './stored-session.ts';

interface SignInFormProps {
  readonly hasDemo: boolean;
  readonly offeredToken: string | undefined;
  readonly onSignIn: (session: Session) => void;
}

export function SignInForm({ hasDemo, offeredToken, onSignIn }: SignInFormProps) {
  const { t } = useMessengerText();
  const [usesToken, setUsesToken] = useState(!hasDemo || offeredToken !== undefined);
  return (
    <>
      {!hasDemo && offeredToken === undefined && (
        <p className="sign-in-note">{t('start.noDemo')}</p>
      )}
      {usesToken ? (
        <TokenForm offeredToken={offeredToken} onSignIn={onSignIn} />
      ) : (
        <NameForm onSignIn={onSignIn} />
      )}
      {hasDemo && (
        <button type="button" className="text-button" onClick={() => setUsesToken(!usesToken)}>
          {t(usesToken ? 'start.useName' : 'start.useToken')}
        </button>
      )}
    </>
  );
}

type FormProps = Pick<SignInFormProps, 'onSignIn'>;

type TokenFormProps = Partial<Pick<SignInFormProps, 'offeredToken'>> & FormProps;

const SUGGESTED = ['Alice', 'Ben', '小明'];

function NameForm({ onSignIn }: FormProps) {
  const { t } = useMessengerText();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const enter = async (wanted: string): Promise<void> => {
    const user = wanted.trim();
    if (!isValidName(user)) return setProblem(t('start.nameProblem'));
    setBusy(true);
    const answer = await demoSignIn(user);
    setBusy(false);
    if (answer === 'unreachable') return setProblem(t('start.away'));
    if (answer.token === undefined) return setProblem(t('start.noDemo'));
    onSignIn({ kind: 'demo', user: answer.user });
  };

  return (
    <form
      noValidate
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        void enter(name);
      }}
    >
      <p className="quiet-text">{t('start.formLead')}</p>
      <TextField
        label={t('start.name')}
        name="name"
        value={name}
        problem={problem}
        autoFocus
        onChange={setName}
      />
      <button type="submit" className="button" disabled={isBusy}>
        {t(isBusy ? 'start.entering' : 'start.enter')}
      </button>
      <p className="sign-in-suggested">
        <span>{t('start.suggested')}</span>
        {SUGGESTED.map((each) => (
          <button
            key={each}
            type="button"
            className="button quiet small"
            disabled={isBusy}
            onClick={() => void enter(each)}
          >
            {each}
          </button>
        ))}
      </p>
    </form>
  );
}

function TokenForm({ offeredToken = '', onSignIn }: TokenFormProps) {
  const { t } = useMessengerText();
  const [token, setToken] = useState(offeredToken);
  const user = sessionOfToken(token.trim())?.user;
  const [problem, setProblem] = useState<string>();
  return (
    <form
      noValidate
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        const session = sessionOfToken(token.trim());
        if (session === undefined) setProblem(t('start.tokenProblem'));
        else onSignIn(session);
      }}
    >
      <TextField
        label={t('start.token')}
        name="token"
        value={token}
        hint={t('start.tokenHint')}
        problem={problem}
        autoFocus
        onChange={setToken}
      />
      <button type="submit" className="button">
        {user === undefined ? t('start.enter') : t('start.enterAs', { name: user })}
      </button>
    </form>
  );
}
