/** What the provider hands down, and how hooks read it. */
import { createContext, useContext, useMemo } from 'react';
import type { Carillon, ConnectionState } from '@carillon/client';
import { guardCarillon, mayConnect } from '@carillon/client/ui';
import type {
  Feature,
  PageHost,
  PageParts,
  RouteConfig,
  RouteMatcher,
  UiTexts,
} from '@carillon/client/ui';
import { useReadable } from './use-readable.ts';

export interface CarillonContextValue {
  readonly host: PageHost<Carillon>;
  readonly matcher: RouteMatcher;
  readonly texts: UiTexts;
  /** Undefined: nobody is signed in. */
  readonly user: string | undefined;
  /** Of the path the provider knows: what is rendered before effects have run, and on the server. */
  readonly config: RouteConfig;
  /** The state that belongs to it. */
  readonly initialState: ConnectionState | undefined;
}

export const CarillonContext = createContext<CarillonContextValue | undefined>(undefined);

/** @throws Error outside a `CarillonProvider` */
export function useCarillonContext(): CarillonContextValue {
  const value = useContext(CarillonContext);
  if (value === undefined) {
    throw new Error('This hook needs a <CarillonProvider> somewhere above the component.');
  }
  return value;
}

/** What the texts of the components say, in the provider's language. */
export const useTexts = (): UiTexts => useCarillonContext().texts;

/** What the page that is shown now may do. */
export function usePageConfig(): RouteConfig {
  const { host, config } = useCarillonContext();
  return useReadable(host.config, config);
}

/**
 * The SDK itself, limited to what the page's route lists; undefined on pages without a connection, on
 * the server, and until the page has connected.
 */
export function useCarillon(): PageParts | undefined {
  const { host } = useCarillonContext();
  const carillon = useReadable(host.carillon, undefined);
  const { features } = usePageConfig();
  return useMemo(
    () => (carillon === undefined ? undefined : guardCarillon(carillon, features)),
    [carillon, features],
  );
}

export interface UsedParts {
  /** Undefined until there is a connection, and where it is `off`. */
  readonly parts: PageParts | undefined;
  /** This page has no connection, or its route does not list the feature. */
  readonly isOff: boolean;
}

/** What a hook needs that stands for a feature, or for none. */
export function useParts(feature?: Feature): UsedParts {
  const { user } = useCarillonContext();
  const config = usePageConfig();
  const carillon = useCarillon();
  const isOff =
    !mayConnect(config, user !== undefined) ||
    (feature !== undefined && !config.features.has(feature));
  return { parts: isOff ? undefined : carillon, isOff };
}
