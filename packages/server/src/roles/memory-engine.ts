/** The engine of a process that stands alone: everything in its own memory. */
import { createMemoryBroker } from '../adapters/broker-memory/memory-broker.ts';
import { createLocalControlBus } from '../adapters/control-bus-local/local-control-bus.ts';
import { createLocalDirectory } from '../adapters/directory-local/local-directory.ts';
import { createMemoryPresenceStore } from '../adapters/presence-memory/memory-presence-store.ts';
import { createMemoryTicketOffice } from '../adapters/tickets-memory/memory-ticket-office.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';

export interface MemoryEngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly maxHistoryBytes: number;
  readonly ticketLifetimeMs: number;
}

/** A channel nobody can subscribe to, for the broker's round trip. */
const HEALTH_CHANNEL = '$health';

export function createMemoryEngine(options: MemoryEngineOptions): Engine {
  const { clock, random, maxHistoryBytes, ticketLifetimeMs } = options;
  const broker = createMemoryBroker({ clock, random }, { maxHistoryBytes });
  return {
    name: 'memory',
    broker,
    presenceStore: createMemoryPresenceStore(),
    controlBus: createLocalControlBus(),
    directory: createLocalDirectory(),
    tickets: createMemoryTicketOffice({ clock, random, lifetimeMs: ticketLifetimeMs }),
    healthChecks: [
      {
        name: 'broker',
        check: async () => {
          await broker.history(HEALTH_CHANNEL, { limit: 0 });
        },
      },
    ],
    close: async () => {},
  };
}
