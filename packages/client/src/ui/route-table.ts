/**
 * Which pages connect, and what for (E5): a table of path prefixes, of which the longest that fits
 * decides, by whole segments (`/admin` is not a prefix of `/administration`). A page that no entry
 * fits does not connect.
 */
import { FEATURES } from './features.ts';
import type { Feature } from './features.ts';

export interface RouteEntry {
  /** False: no connection, not even an attempt, and no token is asked for. @default true */
  readonly enabled?: boolean;
  /** Connects only for somebody who is signed in. @default true */
  readonly requireAuth?: boolean;
  /** False: connects when the page calls `connect()`. @default true */
  readonly autoConnect?: boolean;
  /**
   * Pages of one type share a connection while the visitor moves between them; another type is
   * another connection, for which the token is asked for anew. @default default
   */
  readonly connectionType?: string;
  /** @default all */
  readonly features?: readonly Feature[];
}

export type RouteTable = Readonly<Record<string, RouteEntry>>;

export interface RouteConfig {
  /** The prefix that decided; undefined where none fits. */
  readonly route: string | undefined;
  readonly enabled: boolean;
  readonly requireAuth: boolean;
  readonly autoConnect: boolean;
  readonly connectionType: string;
  readonly features: ReadonlySet<Feature>;
}

/** Where no entry fits, and where no page has been named yet. */
export const NO_PAGE: RouteConfig = {
  route: undefined,
  enabled: false,
  requireAuth: true,
  autoConnect: false,
  connectionType: 'default',
  features: new Set(),
};

export interface RouteMatcher {
  /** The same object for the same entry. */
  readonly match: (pathname: string) => RouteConfig;
}

const segmentsOf = (path: string): readonly string[] =>
  path.split('/').filter((segment) => segment !== '');

/**
 * @throws TypeError where the table cannot be meant: a route that does not begin with `/`, the same
 * route twice, an unknown feature
 */
export function createRouteMatcher(table: RouteTable): RouteMatcher {
  const routes = Object.entries(table).map(([route, entry]) => ({
    segments: checked(route, entry),
    config: configOf(route, entry),
  }));
  const seen = new Map<string, string>();
  for (const { segments, config } of routes) {
    const key = segments.join('/');
    const other = seen.get(key);
    if (other !== undefined) throw new TypeError(`route ${config.route} is ${other} once more`);
    seen.set(key, config.route ?? '');
  }
  routes.sort((a, b) => b.segments.length - a.segments.length);
  return {
    match: (pathname) => {
      const path = segmentsOf(pathname.split(/[?#]/, 1)[0] ?? '');
      const found = routes.find(
        ({ segments }) =>
          segments.length <= path.length && segments.every((segment, at) => segment === path[at]),
      );
      return found?.config ?? NO_PAGE;
    },
  };
}

/** What one pathname gets; `createRouteMatcher` once and `match` often is cheaper. */
export const routeConfigOf = (table: RouteTable, pathname: string): RouteConfig =>
  createRouteMatcher(table).match(pathname);

/** Without a table: every page connects and may do everything. */
export const EVERY_PAGE: RouteTable = { '/': { requireAuth: false } };

/** Whether the page connects by itself for this visitor. */
export const connectsByItself = (config: RouteConfig, isSignedIn: boolean): boolean =>
  mayConnect(config, isSignedIn) && config.autoConnect;

/** Whether the page may connect at all for this visitor. */
export const mayConnect = (config: RouteConfig, isSignedIn: boolean): boolean =>
  config.enabled && (isSignedIn || !config.requireAuth);

function configOf(route: string, entry: RouteEntry): RouteConfig {
  const enabled = entry.enabled ?? true;
  return {
    route,
    enabled,
    requireAuth: entry.requireAuth ?? true,
    autoConnect: enabled && (entry.autoConnect ?? true),
    connectionType: entry.connectionType ?? 'default',
    features: new Set(enabled ? (entry.features ?? FEATURES) : []),
  };
}

function checked(route: string, entry: RouteEntry): readonly string[] {
  if (!route.startsWith('/')) throw new TypeError(`route "${route}" has to begin with /`);
  const known: readonly string[] = FEATURES;
  const unknown = entry.features?.find((feature) => !known.includes(feature));
  if (unknown !== undefined) {
    throw new TypeError(
      `route ${route}: unknown feature "${unknown}"; there are ${known.join(', ')}`,
    );
  }
  return segmentsOf(route);
}
