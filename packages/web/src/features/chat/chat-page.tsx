/** `/chat`: the form to come in, then the room. */
import { useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { demoSignIn, subjectOf } from '../../session/sign-in.ts';
import { readArrival } from './arrival.ts';
import type { Arrival } from './arrival.ts';
import { ChatClient } from './chat-client.ts';
import type { Explanation } from './errors.ts';
import { JoinPage } from './join-page.tsx';
import { RoomPage } from './room-page.tsx';
import './composer.css';
import './join.css';
import './messages.css';
import './notes.css';
import './people.css';
import './room.css';

interface Visit {
  readonly client: ChatClient;
  readonly room: string;
}

const arrival = readArrival();

export function ChatPage() {
  const { locale } = useText();
  const [wish, setWish] = useState<Arrival>(arrival);
  const [visit, setVisit] = useState<Visit>();
  const [problem, setProblem] = useState<Explanation>();

  const leave = (why?: Explanation): void => {
    visit?.client.connection.disconnect();
    setVisit(undefined);
    setProblem(why);
  };

  const join = async (next: Arrival): Promise<void> => {
    setProblem(undefined);
    const session = await signIn(next);
    setWish({ ...next, name: session.user });
    const token = session.token;
    const client = new ChatClient({ name: session.user, room: next.room, lang: locale, token });
    client.connection.connect();
    setVisit({ client, room: next.room });
  };

  const comeBack = async (): Promise<void> => {
    if (visit === undefined) return;
    const session = await signIn(wish);
    visit.client.renewToken(session.token);
    visit.client.connection.connect();
  };

  return visit === undefined ? (
    <JoinPage wish={wish} problem={problem} onJoin={join} />
  ) : (
    <RoomPage client={visit.client} room={visit.room} onLeave={leave} onComeBack={comeBack} />
  );
}

/** A token of one's own says who one is; otherwise the server's demo log-in, if it has one. */
async function signIn({ name, token }: Arrival): Promise<{ user: string; token?: string }> {
  if (token !== '') return { user: subjectOf(token) ?? name, token };
  const session = await demoSignIn(name);
  return session === 'unreachable' ? { user: name } : session;
}
