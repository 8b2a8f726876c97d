/** What the plugin hands down, and how composables read it. */
import { computed, inject } from 'vue';
import type { ComputedRef, InjectionKey, ShallowRef } from 'vue';
import type { Carillon } from '@carillon/client';
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

export interface CarillonContext {
  readonly host: PageHost<Carillon>;
  readonly matcher: RouteMatcher;
  readonly texts: ComputedRef<UiTexts>;
  /** Undefined: nobody is signed in. */
  readonly user: ComputedRef<string | undefined>;
  /** Of the path the plugin knows: what is rendered until the application is mounted. */
  readonly config: ComputedRef<RouteConfig>;
  /** False on a server and while hydrating: nothing may connect, and no clock may be read. */
  readonly isMounted: Readonly<ShallowRef<boolean>>;
}

export const CARILLON: InjectionKey<CarillonContext> = Symbol('carillon');

/** @throws Error where the application does not use the plugin */
export function useCarillonContext(): CarillonContext {
  const context = inject(CARILLON, undefined);
  if (context === undefined) {
    throw new Error('Carillon is not there: app.use(createCarillonPlugin({ … })) comes first.');
  }
  return context;
}

/** What the texts of the components say, in the plugin's language. */
export const useTexts = (): ComputedRef<UiTexts> => useCarillonContext().texts;

/** What the page that is shown now may do. */
export function usePageConfig(): ComputedRef<RouteConfig> {
  const { host, config, isMounted } = useCarillonContext();
  const shown = useReadable(host.config, config.value);
  return computed(() => (isMounted.value ? shown.value : config.value));
}

/**
 * The SDK itself, limited to what the page's route lists; undefined on pages without a connection, on
 * the server, and until the page has connected.
 */
export function useCarillon(): ComputedRef<PageParts | undefined> {
  const { host } = useCarillonContext();
  const carillon = useReadable(host.carillon, undefined);
  const config = usePageConfig();
  return computed(() =>
    carillon.value === undefined ? undefined : guardCarillon(carillon.value, config.value.features),
  );
}

export interface UsedParts {
  /** Undefined until there is a connection, and where it is `off`. */
  readonly parts: ComputedRef<PageParts | undefined>;
  /** This page has no connection, or its route does not list the feature. */
  readonly isOff: ComputedRef<boolean>;
}

/** What a composable needs that stands for a feature, or for none. */
export function useParts(feature?: Feature): UsedParts {
  const { user } = useCarillonContext();
  const config = usePageConfig();
  const carillon = useCarillon();
  const isOff = computed(
    () =>
      !mayConnect(config.value, user.value !== undefined) ||
      (feature !== undefined && !config.value.features.has(feature)),
  );
  return { parts: computed(() => (isOff.value ? undefined : carillon.value)), isOff };
}
