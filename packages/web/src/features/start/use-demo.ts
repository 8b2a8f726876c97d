/** The demo session of the start page and what it watches; undefined while, or where, there is none. */
import { useEffect, useState } from 'react';
import { GAVE_UP } from '../../connection/connection-state.ts';
import { demoSignIn } from '../../session/sign-in.ts';
import { BellClient } from './bell-client.ts';
import { TasksClient } from './tasks-client.ts';

export interface Demo {
  readonly user: string;
  readonly bell: BellClient;
  readonly tasks: TasksClient;
}

export type DemoState =
  | { readonly status: 'loading' | 'unavailable' }
  | { readonly status: 'ready'; readonly demo: Demo };

const RETRY_MS = 3_000;

export function useDemo(name: string): DemoState {
  const [state, setState] = useState<DemoState>({ status: 'loading' });
  useEffect(() => watchDemo(name, setState), [name]);
  return state;
}

/** Signs in, again where the server was away or the token has expired. Returns how to stop. */
function watchDemo(name: string, tell: (state: DemoState) => void): () => void {
  let isGone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | undefined;

  const beginSoon = (): void => {
    stop?.();
    stop = undefined;
    timer = setTimeout(() => void begin(), RETRY_MS);
  };

  const begin = async (): Promise<void> => {
    const session = await demoSignIn(name);
    if (isGone) return;
    if (session === 'unreachable') return beginSoon();
    if (session.token === undefined) return tell({ status: 'unavailable' });
    const bell = new BellClient(session.token);
    const tasks = new TasksClient(session.token);
    bell.connection.subscribe(() => {
      const connection = bell.connection.getSnapshot();
      if (connection.status === 'closed' && connection.why !== GAVE_UP) beginSoon();
    });
    bell.start();
    tasks.start();
    stop = () => {
      bell.stop();
      tasks.stop();
    };
    tell({ status: 'ready', demo: { user: session.user, bell, tasks } });
  };

  void begin();
  return () => {
    isGone = true;
    clearTimeout(timer);
    stop?.();
  };
}
