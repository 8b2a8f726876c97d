/** The built-in application kinds, by the names that SERVICE_ROLE and API_TYPE take; loaded when chosen. */
import type { ApplicationFactory } from './application.ts';
import type { Shape } from './application-of.ts';

const SHAPES = {
  /** Everything in one process. */
  combined: {
    groups: ['ops', 'api', 'docs', 'web'],
    hasStream: true,
    hasWebSockets: true,
    hasBackgroundWork: true,
  },
  /** API, docs and pages; publishes what it commits. */
  http: {
    groups: ['ops', 'api', 'docs', 'web'],
    hasStream: true,
    hasWebSockets: false,
    hasBackgroundWork: false,
  },
  /** Connections. */
  websocket: {
    groups: ['ops', 'stats'],
    hasStream: true,
    hasWebSockets: true,
    hasBackgroundWork: false,
  },
  /** Pushes, what others left in the outbox, and queues. */
  worker: {
    groups: ['ops'],
    hasStream: false,
    hasWebSockets: false,
    hasBackgroundWork: true,
  },
} as const satisfies Readonly<Record<string, Shape>>;

export const COMBINED: Shape = SHAPES.combined;

export const KINDS: ReadonlyMap<string, ApplicationFactory> = new Map(
  Object.entries(SHAPES).map(([name, shape]) => [
    name,
    async (context) => (await import('./application-of.ts')).buildApplication(context, shape),
  ]),
);
