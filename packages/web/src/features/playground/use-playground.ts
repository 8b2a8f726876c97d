/** What the page holds together: target, identity, the frame being written, and the session. */
import { useState, useSyncExternalStore } from 'react';
import { subjectOf } from '../../session/sign-in.ts';
import type { Target } from './connect-plan.ts';
import { endpointOf } from './endpoints.ts';
import { PlaygroundSession } from './playground-session.ts';
import { templatesOf, templateText } from './templates.ts';
import { prove } from './who.ts';
import type { Who, WhoProblem } from './who.ts';

const VISITOR = 'alice';
const FIRST_TARGET: Target = {
  endpoint: endpointOf('native'),
  transport: 'websocket',
  fields: { username: VISITOR, user_id: VISITOR, room: 'lobby' },
  isGreeting: true,
};
const FIRST_WHO: Who = { kind: 'demo', name: VISITOR, token: '', isTicket: true };

export function usePlayground() {
  const [session] = useState(() => new PlaygroundSession(location.origin));
  const { status, nextId } = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const [target, setTarget] = useState(FIRST_TARGET);
  const [who, setWho] = useState(FIRST_WHO);
  const [problem, setProblem] = useState<WhoProblem>();
  const [isAnsweringPings, setAnsweringPings] = useState(true);
  const [text, setText] = useState(() => beginningOf(FIRST_TARGET, VISITOR));

  const chooseTarget = (next: Target): void => {
    if (next.endpoint !== target.endpoint) setText(beginningOf(next, nameOf(who)));
    setTarget(next);
  };
  // Names in paths must be the token's: they follow it until the visitor writes another.
  const chooseWho = (next: Who): void => {
    setWho(next);
    const [before, after] = [nameOf(who), nameOf(next)];
    const follow = (value = before): string => (value === before ? after : value);
    const { username, user_id, ...rest } = target.fields;
    const fields = { ...rest, username: follow(username), user_id: follow(user_id) };
    setTarget({ ...target, fields });
  };
  const connect = async (): Promise<void> => {
    setProblem(undefined);
    const proof = await prove(who, target);
    if (proof.ok) session.connect(target, proof.credential, proof.token);
    else setProblem(proof.problem);
  };
  const answerPings = (isAnswering: boolean): void => {
    session.isAnsweringPings = isAnswering;
    setAnsweringPings(isAnswering);
  };
  const send = (frame: string): void => {
    if (session.send(frame)) setText(withNextId(frame, text));
  };
  const user = nameOf(who);
  return {
    session,
    connection: { status, target, who, problem, isAnsweringPings },
    composer: { text, context: { nextId, user } },
    actions: { chooseTarget, chooseWho, connect, answerPings, setText, send },
  };
}

const nameOf = (who: Who): string =>
  who.kind === 'token' ? (subjectOf(who.token) ?? VISITOR) : who.name;

function beginningOf({ endpoint }: Target, user: string): string {
  const [first] = templatesOf(endpoint);
  return first === undefined ? '' : templateText(first, { nextId: 2, user, nowMs: Date.now() });
}

/** A native command that was sent is there to be sent again, under the next number. */
const withNextId = (sent: string, text: string): string => {
  const id = /^\{"id":(\d+)/.exec(sent)?.[1];
  return id === undefined ? text : text.replace(/("id"\s*:\s*)\d+/, `$1${Number(id) + 1}`);
};
