/** `/`: signed out the way in, signed in the messenger. */
import { useState } from 'react';
import { MessengerProvider } from './messenger.ts';
import { App } from './shell/app.tsx';
import type { Session } from './session/stored-session.ts';
import {
  forgetSession,
  restoreSession,
  storeSession,
  takeOfferedToken,
} from './session/stored-session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { useMessengerOf } from './use-messenger-of.ts';
import { useServerSettings } from './session/use-server-settings.ts';
import type { ServerSettings } from './session/use-server-settings.ts';
import './messenger.css';
import './composer/composer.css';
import './conversations/conversations.css';
import './shell/panels.css';
import './thread/thread.css';
import './try/command.css';
import './try/try.css';

/** Once per page: StrictMode asks components twice. */
const offeredToken = takeOfferedToken();

export function MessengerPage() {
  const server = useServerSettings();
  const [session, setSession] = useState<Session | undefined>(
    offeredToken === undefined ? restoreSession : undefined,
  );

  const [offered, setOffered] = useState(offeredToken);

  const signOut = (): void => {
    forgetSession();
    setSession(undefined);
  };
  const isRefused = session?.kind === 'demo' && server?.refusesNames === true;
  if (session === undefined || isRefused) {
    return (
      <SignInPage
        hasDemo={server?.hasDemo}
        offeredToken={offered}
        onSignIn={(next) => {
          storeSession(next);
          setSession(next);
          setOffered(undefined);
        }}
      />
    );
  }
  if (server === undefined) return null;
  return (
    <SignedIn
      key={`${session.kind}/${session.user}`}
      session={session}
      server={server}
      onSignOut={signOut}
    />
  );
}

interface SignedInProps {
  readonly session: Session;
  readonly server: ServerSettings;
  readonly onSignOut: () => void;
}

function SignedIn(props: SignedInProps) {
  const messenger = useMessengerOf(props);
  if (messenger === undefined) return null;
  return (
    <MessengerProvider value={messenger}>
      <App />
    </MessengerProvider>
  );
}
