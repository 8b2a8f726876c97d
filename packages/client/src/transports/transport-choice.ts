/**
 * Which transports an attempt tries, in which order. What worked is remembered, also over reloads:
 * where WebSocket has worked a failure means that the server is away, not that WebSocket is blocked;
 * where only a fallback worked it comes first for an hour, then WebSocket has its chance again.
 */
import type { TransportName } from '../connection/connection-state.ts';
import type { ClientEnvironment } from '../environment.ts';

const HOUR_MS = 3_600_000;
const KEEP_BEST_MS = 30 * 24 * HOUR_MS;
/** Failed attempts after which what worked is doubted. */
const DOUBT_AFTER = 2;

export interface TransportChoice {
  readonly candidates: () => readonly TransportName[];
  readonly handleSuccess: (name: TransportName) => void;
  readonly handleFailure: () => void;
}

export function createTransportChoice(options: {
  readonly environment: ClientEnvironment;
  readonly order: readonly TransportName[];
  /** Of the memory. */
  readonly key: string;
}): TransportChoice {
  const { environment, order, key } = options;
  const { storage, clock } = environment;
  let failures = 0;
  let memory = '';
  try {
    memory = storage?.getItem(key) ?? '';
  } catch {
    // A store that is forbidden remembers nothing.
  }

  const remembered = (): TransportName | undefined => {
    const [name, until] = memory.split(' ');
    return Number(until) > clock.now() ? order.find((each) => each === name) : undefined;
  };

  return {
    candidates() {
      const best = remembered();
      if (best === undefined || failures >= DOUBT_AFTER) return order;
      return best === order[0] ? [best] : [best, ...order.filter((name) => name !== best)];
    },
    handleSuccess(name) {
      failures = 0;
      // The hour runs from the first success, or a page that reconnects often would never try again.
      if (name === remembered() && name !== order[0]) return;
      memory = `${name} ${clock.now() + (name === order[0] ? KEEP_BEST_MS : HOUR_MS)}`;
      try {
        storage?.setItem(key, memory);
      } catch {
        // Full or forbidden: remembered for this page only.
      }
    },
    handleFailure() {
      failures += 1;
    },
  };
}
