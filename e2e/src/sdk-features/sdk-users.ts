/** People with the SDK in this process, against a running server; what they wait for is a state, never time. */
import { createCarillon, type Carillon, type Readable } from '@carillon/client';
import type { RunningServer } from '@carillon/testkit';

const PATIENCE_MS = 13_000;

export interface SdkUsers {
  /** Connected when it resolves; closed with `close`. */
  join(user: string): Promise<Carillon>;
  close(): void;
}

export function sdkUsers(server: () => RunningServer): SdkUsers {
  const joined: Carillon[] = [];
  return {
    async join(user) {
      const carillon = createCarillon({
        url: server().url,
        user,
        getToken: () => server().token(user),
        // A test need not wait as long as a person.
        reconnect: { minMs: 100, maxMs: 500, maxAttempts: 1_000 },
      });
      joined.push(carillon);
      carillon.client.connect();
      await until(carillon.client.state, ({ status }) => status === 'connected');
      return carillon;
    },
    close() {
      for (const carillon of joined.splice(0)) carillon.close();
    },
  };
}

/** The first value that fits; subscribing also starts what is loaded on demand. */
export function until<T>(readable: Readable<T>, fits: (value: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const value = readable.get();
      if (!fits(value)) return;
      stop();
      clearTimeout(timer);
      resolve(value);
    };
    const stop = readable.subscribe(look);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`did not come to it: ${JSON.stringify(readable.get())}`));
    }, PATIENCE_MS);
    look();
  });
}
