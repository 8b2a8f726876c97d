/**
 * Holds the connection of an application whose pages differ in what they need: made when the first
 * page asks for one, kept while pages of the same type and user follow each other, closed on pages
 * that ask for none. Making a host does nothing: it is safe while rendering, and on a server.
 *
 *   visit(page) ──▶ may connect? ──no──▶ closed and forgotten (nobody's data outlives a log-out)
 *                        │yes
 *                        ▼
 *        same type and user as before? ──yes──▶ kept      ──no──▶ closed, another made on demand
 */
import type { Client } from '../client.ts';
import type { ConnectionState } from '../connection/connection-state.ts';
import { createWritable } from '../readable.ts';
import type { Readable, Writable } from '../readable.ts';
import { connectsByItself, mayConnect, NO_PAGE } from './route-table.ts';
import type { RouteConfig } from './route-table.ts';

export interface Connected {
  readonly client: Client;
  close(): void;
}

export interface Visit {
  readonly config: RouteConfig;
  /** Who is signed in; undefined for nobody. Another user gets another connection. */
  readonly user: string | undefined;
  /** Of the whole application: a page that names itself comes before it. */
  readonly isBase?: boolean;
}

export interface PageHost<C extends Connected> {
  /** What hooks read from; undefined until a page has connected. */
  readonly carillon: Readable<C | undefined>;
  readonly config: Readable<RouteConfig>;
  /** Undefined: this page has no connection, and none may be made. */
  readonly state: Readable<ConnectionState | undefined>;
  /** The page that is shown now; the last one counts. Returns how to leave it. */
  readonly visit: (visit: Visit) => () => void;
  /** Does nothing where the page may not connect. */
  readonly connect: () => void;
  readonly disconnect: () => void;
  readonly retryNow: () => void;
}

/** Whose connection, and of which type of page. */
export interface ConnectionPlace {
  readonly connectionType: string;
  readonly user: string | undefined;
}

export interface PageHostOptions<C extends Connected> {
  readonly create: (place: ConnectionPlace) => C;
  /** What is shown until a page is visited. @default a page without a connection */
  readonly initial?: Visit;
  /** Later, but at once. @default setTimeout(callback, 0) */
  readonly defer?: (callback: () => void) => void;
}

const IDLE: ConnectionState = { status: 'idle' };

export function createPageHost<C extends Connected>(options: PageHostOptions<C>): PageHost<C> {
  const defer = options.defer ?? ((callback) => void setTimeout(callback, 0));
  const config = createWritable(options.initial?.config ?? NO_PAGE);
  const state = createWritable(options.initial && stateBefore(options.initial));
  const place = createPlace(options, state);
  const visits: Visit[] = [];

  /** The page that is shown, where it may connect. */
  const allowed = (): Visit | undefined => {
    const visit = visits.at(-1);
    return visit !== undefined && mayConnect(visit.config, visit.user !== undefined)
      ? visit
      : undefined;
  };
  /** Brings what there is in line with the page that is shown now. */
  const settle = (): void => {
    const visit = allowed();
    if (visit === undefined || place.key() !== keyOf(visit)) place.empty();
    config.set(visits.at(-1)?.config ?? NO_PAGE);
    if (visit === undefined) return state.set(undefined);
    // Who has disconnected by hand stays so while pages of one type follow each other.
    if (place.carillon.get() !== undefined) return;
    if (connectsByItself(visit.config, visit.user !== undefined))
      place.fill(visit).client.connect();
    else state.set(IDLE);
  };
  return {
    carillon: place.carillon,
    config,
    state,
    visit: (visit) => {
      if (visit.isBase === true) visits.unshift(visit);
      else visits.push(visit);
      settle();
      return () => {
        const at = visits.indexOf(visit);
        if (at < 0) return;
        visits.splice(at, 1);
        // Not before the next page had its chance: effects end one by one before others begin,
        // and React's StrictMode ends and begins them all once more.
        defer(settle);
      };
    },
    connect: () => {
      const visit = allowed();
      if (visit !== undefined) (place.carillon.get() ?? place.fill(visit)).client.connect();
    },
    disconnect: () => place.carillon.get()?.client.disconnect(),
    retryNow: () => {
      const client = place.carillon.get()?.client;
      // Given up or disconnected: there is nothing to hurry, but a start to make.
      if (['closed', 'idle'].includes(client?.state.get().status ?? '')) client?.connect();
      else client?.retryNow();
    },
  };
}

/** What a visit will begin with: for the first rendering, and on a server, where nothing is visited. */
export function stateBefore({ config, user }: Visit): ConnectionState | undefined {
  if (!mayConnect(config, user !== undefined)) return undefined;
  return config.autoConnect ? { status: 'connecting', attempt: 0 } : IDLE;
}

const keyOf = ({ config, user }: Visit): string => JSON.stringify([config.connectionType, user]);

/** Where the one connection is while there is one; its state is copied to `state`. */
function createPlace<C extends Connected>(
  { create }: PageHostOptions<C>,
  state: Writable<ConnectionState | undefined>,
) {
  const carillon = createWritable<C | undefined>(undefined);
  let key: string | undefined;
  let unfollow: (() => void) | undefined;
  return {
    carillon,
    key: () => key,
    fill: (visit: Visit): C => {
      const thing = create({ connectionType: visit.config.connectionType, user: visit.user });
      const follow = (): void => state.set(thing.client.state.get());
      unfollow = thing.client.state.subscribe(follow);
      key = keyOf(visit);
      carillon.set(thing);
      follow();
      return thing;
    },
    empty: (): void => {
      const thing = carillon.get();
      unfollow?.();
      key = undefined;
      carillon.set(undefined);
      thing?.close();
    },
  };
}
