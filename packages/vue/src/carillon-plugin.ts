/**
 * Carillon for an application: where the server is, who is signed in, which pages connect, and the
 * language of the components. Using it makes no connection; a page that asks for one does, once the
 * application is mounted, in the browser only.
 */
import { computed, effectScope, shallowRef, toValue, watch } from 'vue';
import type { App, MaybeRefOrGetter, Plugin, Ref } from 'vue';
import type { Carillon } from '@carillon/client';
import {
  createPageCarillon,
  createPageHost,
  createRouteMatcher,
  createUiTexts,
  EVERY_PAGE,
  NO_PAGE,
} from '@carillon/client/ui';
import type {
  PageCarillonOptions,
  PageTokenRequest,
  RouteTable,
  UiTextOptions,
} from '@carillon/client/ui';
import { CARILLON } from './carillon-context.ts';
import type { CarillonContext } from './carillon-context.ts';

/** As much of Vue Router as is needed; a `Router` fits. */
export interface RouterLike {
  readonly currentRoute: Readonly<
    Ref<{ readonly path: string; readonly matched: readonly unknown[] }>
  >;
}

export interface CarillonPluginOptions {
  /** Where the server is: `https://live.example.org`. @default the page's own origin */
  readonly url?: string;
  /**
   * Who is signed in, by the id in their tokens; null for nobody. Give a ref or a getter where that
   * changes: another user gets another connection, and nothing of the one before is kept.
   */
  readonly user?: MaybeRefOrGetter<string | null | undefined>;
  /** A token for the user, from your backend. Without it the connection is anonymous. */
  readonly getToken?: (request: PageTokenRequest) => Promise<string | null>;
  /** Which pages connect, and what for; see docs/pages.md. @default every page, for everything */
  readonly routes?: RouteTable;
  /** Tells the current path. A page that no route of it matches has no connection. */
  readonly router?: RouterLike;
  /** The current path, without Vue Router. */
  readonly pathname?: MaybeRefOrGetter<string | undefined>;
  /** Of the components. @default en */
  readonly locale?: MaybeRefOrGetter<string | undefined>;
  /** Own words for some texts of the components. */
  readonly texts?: UiTextOptions['overrides'];
  readonly timeZone?: string;
  /** Everything else the SDK can be told. */
  readonly options?: PageCarillonOptions['options'];
}

/**
 * `app.use(createCarillonPlugin({ … }))`; on a server once per application, like the application.
 * @throws TypeError for a route table that cannot be meant
 */
export function createCarillonPlugin(options: CarillonPluginOptions = {}): Plugin {
  const matcher = createRouteMatcher(options.routes ?? EVERY_PAGE);
  return {
    install: (app) => {
      const isMounted = shallowRef(false);
      const scope = effectScope(true);
      const context = scope.run(() => contextOf(options, matcher, isMounted));
      if (context === undefined) return;
      app.provide(CARILLON, context);
      onceMounted(app, () => {
        // Pages that name themselves come first; then what the application says of all of them.
        isMounted.value = true;
        scope.run(() => visitBase(context));
      });
      app.onUnmount(() => scope.stop());
    },
  };
}

/** Nothing before: what is hydrated has to look as the server rendered it. On a server it never is. */
function onceMounted(app: App, callback: () => void): void {
  const mount = app.mount.bind(app);
  app.mount = (...args) => {
    const root = mount(...args);
    callback();
    return root;
  };
}

function contextOf(
  options: CarillonPluginOptions,
  matcher: CarillonContext['matcher'],
  isMounted: CarillonContext['isMounted'],
): CarillonContext {
  const user = computed(() => toValue(options.user) ?? undefined);
  const config = computed(() => {
    const path = options.routes === undefined ? '/' : pathOf(options);
    return path === undefined ? NO_PAGE : matcher.match(path);
  });
  const texts = computed(() => {
    const locale = toValue(options.locale);
    return createUiTexts({
      ...(locale === undefined ? {} : { locale }),
      ...(options.texts === undefined ? {} : { overrides: options.texts }),
      ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    });
  });
  const host = createPageHost<Carillon>({ create: (place) => createPageCarillon(place, options) });
  return { host, matcher, texts, user, config, isMounted };
}

/** Before its first navigation a router stands at `/` without having been there. */
function pathOf({ router, pathname }: CarillonPluginOptions): string | undefined {
  if (router === undefined) return toValue(pathname);
  const { path, matched } = router.currentRoute.value;
  return matched.length === 0 ? undefined : path;
}

function visitBase({ host, config, user }: CarillonContext): void {
  watch(
    [config, user],
    ([page, who], _, onCleanup) => {
      if (page !== NO_PAGE) onCleanup(host.visit({ config: page, user: who, isBase: true }));
    },
    // A log-out ends the connection before anything else of it is drawn.
    { immediate: true, flush: 'sync' },
  );
}
