import type { Broker } from './broker.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import type { ControlBus } from './control-bus.ts';
import type { ExternalEvents } from './external-events.ts';
import type { HealthCheck } from './health.ts';
import type { PresenceStore } from './presence-store.ts';
import type { SharedRates } from './shared-rates.ts';
import type { TicketOffice } from './ticket-office.ts';

/**
 * Everything that ties the processes of one installation together, on one technology: memory (one
 * process), worker threads, Redis or NATS. Its parts share connections, so they are made together.
 */
export interface Engine {
  /** `memory`, `threads`, `redis`, `nats`: for /ready, metrics and logs. */
  readonly name: string;
  readonly broker: Broker;
  readonly presenceStore: PresenceStore;
  readonly controlBus: ControlBus;
  readonly directory: ConnectionDirectory;
  readonly tickets: TicketOffice;
  /** Absent where there is only one process. */
  readonly sharedRates?: SharedRates;
  readonly externalEvents?: ExternalEvents;
  readonly healthChecks: readonly HealthCheck[];
  /** After its parts were closed: lets go of the connections. */
  close(): Promise<void>;
}
