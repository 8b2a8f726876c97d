/** Nobody is signed in: what this is, in one sentence and one picture, and the way in. */
import { useId } from 'react';
import { TopBar } from '../../../ui/top-bar.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { HeroPicture } from './hero-picture.tsx';
import { SignInForm } from './sign-in-form.tsx';
import type { Session } from './stored-session.ts';
import './sign-in.css';

interface SignInPageProps {
  /** Undefined while it is not known yet. */
  readonly hasDemo: boolean | undefined;
  /** From the address, to be confirmed. */
  readonly offeredToken: string | undefined;
  readonly onSignIn: (session: Session) => void;
}

export function SignInPage({ hasDemo, offeredToken, onSignIn }: SignInPageProps) {
  const { t } = useMessengerText();
  const titleId = useId();
  return (
    <>
      <TopBar current="home" />
      <main className="sign-in">
        <div className="sign-in-words">
          <h1>{t('start.title')}</h1>
          <p className="lead">{t('start.lead')}</p>
          <HeroPicture label={t('start.picture')} />
        </div>
        <section className="sign-in-card" aria-labelledby={titleId}>
          <h2 id={titleId}>{t('start.form')}</h2>
          {hasDemo !== undefined && (
            <SignInForm hasDemo={hasDemo} offeredToken={offeredToken} onSignIn={onSignIn} />
          )}
          <p className="sign-in-else">
            <a href="/chat">{t('start.room')}</a>
          </p>
        </section>
      </main>
    </>
  );
}
