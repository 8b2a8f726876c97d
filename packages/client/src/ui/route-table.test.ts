import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FEATURES } from './features.ts';
import type { Feature } from './features.ts';
import {
  EVERY_PAGE,
  connectsByItself,
  createRouteMatcher,
  mayConnect,
  routeConfigOf,
} from './route-table.ts';

const segment = fc.stringMatching(/^[a-c]{1,2}$/);
const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const table = fc.dictionary(
  path,
  fc.record(
    {
      enabled: fc.boolean(),
      requireAuth: fc.boolean(),
      autoConnect: fc.boolean(),
      features: fc.subarray([...FEATURES]),
    },
    { requiredKeys: [] },
  ),
);

describe('the longest prefix wins', () => {
  test('it fits by whole segments and no longer one does, for any table and path', () => {
    fc.assert(
      fc.property(table, path, (routes, pathname) => {
        const fits = (route: string): boolean =>
          route === '/' || pathname === route || pathname.startsWith(`${route}/`);
        const expected = Object.keys(routes)
          .filter(fits)
          .toSorted((a, b) => b.length - a.length)[0];
        expect(routeConfigOf(routes, pathname).route).toBe(expected);
      }),
    );
  });

  test('/admin is no prefix of /administration', () => {
    const routes = { '/': { enabled: false }, '/admin': {} };
    expect(routeConfigOf(routes, '/administration').route).toBe('/');
    expect(routeConfigOf(routes, '/admin').route).toBe('/admin');
    expect(routeConfigOf(routes, '/admin/users/7?tab=1#top').route).toBe('/admin');
    expect(routeConfigOf(routes, '/admin/').route).toBe('/admin');
  });

  test('the order of the table does not matter', () => {
    fc.assert(
      fc.property(table, path, (routes, pathname) => {
        const reversed = Object.fromEntries(Object.entries(routes).toReversed());
        expect(routeConfigOf(reversed, pathname)).toEqual(routeConfigOf(routes, pathname));
      }),
    );
  });
});

describe('what a route gives', () => {
  test('a page that no entry fits does not connect and may do nothing', () => {
    const config = routeConfigOf({ '/chat': {} }, '/login');
    expect(config).toMatchObject({ route: undefined, enabled: false, autoConnect: false });
    expect(config.features.size).toBe(0);
    expect(mayConnect(config, true)).toBe(false);
  });

  test('a page that is not enabled connects never, whatever else its entry says', () => {
    fc.assert(
      fc.property(table, path, fc.boolean(), (routes, pathname, isSignedIn) => {
        const config = routeConfigOf(routes, pathname);
        if (config.enabled) return;
        expect(mayConnect(config, isSignedIn)).toBe(false);
        expect(connectsByItself(config, isSignedIn)).toBe(false);
        expect(config.features.size).toBe(0);
      }),
    );
  });

  test('an entry without fields connects by itself, for people signed in, with all features', () => {
    const config = routeConfigOf({ '/chat': {} }, '/chat');
    expect(connectsByItself(config, true)).toBe(true);
    expect(connectsByItself(config, false)).toBe(false);
    expect([...config.features]).toEqual([...FEATURES]);
  });

  test('without a table every page connects, signed in or not', () => {
    expect(connectsByItself(routeConfigOf(EVERY_PAGE, '/any/where'), false)).toBe(true);
  });

  test('the same entry gives the same object', () => {
    const { match } = createRouteMatcher({ '/': { enabled: false }, '/app': {} });
    expect(match('/app/a')).toBe(match('/app/b'));
    expect(match('/')).toBe(match('/login'));
  });
});

describe('a table that cannot be meant is refused', () => {
  test('a route without a slash, the same route twice, an unknown feature', () => {
    expect(() => createRouteMatcher({ chat: {} })).toThrow('route "chat" has to begin with /');
    expect(() => createRouteMatcher({ '/a': {}, '/a/': {} })).toThrow('route /a/ is /a once more');
    // What an application without types may write.
    const features: Feature[] = JSON.parse('["telepathy"]');
    expect(() => createRouteMatcher({ '/a': { features } })).toThrow('unknown feature "telepathy"');
  });
});
