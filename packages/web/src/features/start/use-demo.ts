/** The demo session of the start page and what it watches; undefined while, or where, there is none. */
import { useEffect, useState } from 'react';
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
  useEffect(() => {
    let stop: (() => void) | undefined;
    let isGone = false;
    const begin = async (): Promise<void> => {
      const session = await demoSignIn(name);
      if (isGone) return;
      if (session === 'unreachable') {
        const timer = setTimeout(() => void begin(), RETRY_MS);
        stop = () => clearTimeout(timer);
      } else if (session.token === undefined) {
        setState({ status: 'unavailable' });
      } else {
        const bell = new BellClient(session.token);
        const tasks = new TasksClient(session.token);
        bell.start();
        tasks.start();
        stop = () => {
          bell.stop();
          tasks.stop();
        };
        setState({ status: 'ready', demo: { user: session.user, bell, tasks } });
      }
    };
    void begin();
    return () => {
      isGone = true;
      stop?.();
    };
  }, [name]);
  return state;
}
