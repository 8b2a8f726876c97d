/** `/`: signed out the way in, signed in the messenger. */
import { useEffect, useState } from 'react';
import { request } from '../../session/server.ts';
import { MessengerProvider } from './messenger.ts';
import { App } from './shell/app.tsx';
import type { Session } from './session/stored-session.ts';
import { forgetSession, restoreSession, storeSession } from './session/stored-session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { useMessengerOf } from './use-messenger-of.ts';
import './messenger.css';
import './composer/composer.css';
import './conversations/conversations.css';
import './shell/panels.css';
import './thread/thread.css';
import './try/command.css';
import './try/try.css';

export function MessengerPage() {
  const hasDemo = useHasDemo();
  const [session, setSession] = useState<Session | undefined>(restoreSession);

  const signOut = (): void => {
    forgetSession();
    setSession(undefined);
  };
  if (session === undefined) {
    return (
      <SignInPage
        hasDemo={hasDemo}
        onSignIn={(next) => {
          storeSession(next);
          setSession(next);
        }}
      />
    );
  }
  return (
    <SignedIn
      key={`${session.kind}/${session.user}`}
      session={session}
      isDemo={hasDemo === true}
      onSignOut={signOut}
    />
  );
}

interface SignedInProps {
  readonly session: Session;
  readonly isDemo: boolean;
  readonly onSignOut: () => void;
}

function SignedIn({ session, isDemo, onSignOut }: SignedInProps) {
  const messenger = useMessengerOf({ session, isDemo, onSignOut });
  if (messenger === undefined) return null;
  return (
    <MessengerProvider value={messenger}>
      <App />
    </MessengerProvider>
  );
}

/** Whether this server hands out demo tokens; undefined until it has said so. */
function useHasDemo(): boolean | undefined {
  const [hasDemo, setHasDemo] = useState<boolean>();
  useEffect(() => {
    let isGone = false;
    void request('GET', '/api/v1/client-settings').then((answer) => {
      if (!isGone) setHasDemo(answer.ok && answer.body['demo_login'] === true);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return hasDemo;
}
