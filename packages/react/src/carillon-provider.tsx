/**
 * Carillon for an application: where the server is, who is signed in, which pages connect, and the
 * language of the components. Rendering it makes no connection; a page that asks for one does, in
 * the browser only.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Carillon } from '@carillon/client';
import {
  createPageCarillon,
  createPageHost,
  createRouteMatcher,
  createUiTexts,
  EVERY_PAGE,
  NO_PAGE,
  stateBefore,
} from '@carillon/client/ui';
import type {
  PageCarillonOptions,
  PageTokenRequest,
  RouteTable,
  UiTextOptions,
  Visit,
} from '@carillon/client/ui';
import { CarillonContext } from './carillon-context.ts';

export interface CarillonProviderProps {
  readonly children?: ReactNode;
  /** Where the server is: `https://live.example.org`. Fixed for this provider. @default the page's own origin */
  readonly url?: string;
  /**
   * Who is signed in, by the id in their tokens; null for nobody. Another user gets another
   * connection, and nothing of the one before is kept.
   */
  readonly user?: string | null;
  /** A token for the user, from your backend. Without it the connection is anonymous. */
  readonly getToken?: (request: PageTokenRequest) => Promise<string | null>;
  /** Which pages connect, and what for; see docs/pages.md. @default every page, for everything */
  readonly routes?: RouteTable;
  /** The current path, where your router tells it… */
  readonly pathname?: string;
  /** …or the router's own hook: `usePathname` of Next.js. Always the same function. */
  readonly usePathname?: () => string | null;
  /** Of the components. @default en */
  readonly locale?: string;
  /** Own words for some texts of the components. */
  readonly texts?: UiTextOptions['overrides'];
  readonly timeZone?: string;
  /** Everything else the SDK can be told; fixed for this provider. */
  readonly options?: PageCarillonOptions['options'];
}

const noPathname = (): undefined => undefined;

/** Wraps the application, or the part of it that is live. */
export function CarillonProvider(props: CarillonProviderProps) {
  const { children, locale, texts: overrides, timeZone } = props;
  const user = props.user ?? undefined;
  const matcher = useMatcher(props.routes);
  // A hook given as a prop: the same on every rendering, as its description asks.
  const told = (props.usePathname ?? noPathname)() ?? props.pathname;
  const pathname = props.routes === undefined ? '/' : told;
  const named = pathname === undefined ? undefined : matcher.match(pathname);
  const config = named ?? NO_PAGE;
  const host = useHost(props, { config, user });
  useEffect(
    () => (named === undefined ? undefined : host.visit({ config: named, user, isBase: true })),
    [host, named, user],
  );
  const texts = useMemo(
    () =>
      createUiTexts({
        ...(locale === undefined ? {} : { locale }),
        ...(overrides === undefined ? {} : { overrides }),
        ...(timeZone === undefined ? {} : { timeZone }),
      }),
    [locale, overrides, timeZone],
  );
  const value = useMemo(
    () => ({ host, matcher, texts, user, config, initialState: stateBefore({ config, user }) }),
    [host, matcher, texts, user, config],
  );
  return <CarillonContext.Provider value={value}>{children}</CarillonContext.Provider>;
}

/** A table written in the component is another object each time; its content is what counts. */
function useMatcher(routes: RouteTable = EVERY_PAGE) {
  const content = JSON.stringify(routes);
  return useMemo(() => {
    const table: RouteTable = JSON.parse(content);
    return createRouteMatcher(table);
  }, [content]);
}

function useHost(props: CarillonProviderProps, initial: Visit) {
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const [host] = useState(() =>
    createPageHost<Carillon>({
      initial,
      create: (place) => {
        const { url, options } = latest.current;
        const getToken =
          latest.current.getToken === undefined
            ? undefined
            : async (request: PageTokenRequest) =>
                (await latest.current.getToken?.(request)) ?? null;
        return createPageCarillon(place, { url, options, getToken });
      },
    }),
  );
  return host;
}
