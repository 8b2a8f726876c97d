/** The SDK for a page: who is there and the page's type of connection, with what the application says. */
import type { TokenRequest } from '../connection/tokens.ts';
import { createCarillon } from '../create-carillon.ts';
import type { Carillon, CarillonOptions } from '../create-carillon.ts';
import { createSharedClient } from '../tabs/create-shared-client.ts';
import type { ConnectionPlace } from './page-host.ts';

export interface PageTokenRequest extends TokenRequest {
  /** Of the route that connects. */
  readonly connectionType: string;
}

export interface PageCarillonOptions {
  readonly url?: string | undefined;
  readonly getToken?: ((request: PageTokenRequest) => Promise<string | null>) | undefined;
  /** Everything else the SDK can be told. */
  readonly options?: Partial<Omit<CarillonOptions, 'url' | 'user' | 'getToken'>> | undefined;
}

/** For `createPageHost`. */
export function createPageCarillon(
  { connectionType, user }: ConnectionPlace,
  { url, getToken, options }: PageCarillonOptions,
): Carillon {
  const all: CarillonOptions = {
    ...(url !== undefined && { url }),
    // Somebody without a name, as the server calls them.
    user: user ?? '',
    ...options,
    ...(getToken !== undefined && {
      getToken: (request: TokenRequest) => getToken({ ...request, connectionType }),
    }),
  };
  if (connectionType === 'default' || all.client !== undefined || all.isShared === false)
    return createCarillon(all);
  // Tabs share what is of one type: another type may have another token.
  const sharedName = [url ?? globalThis.location?.origin, all.user, connectionType].join(' ');
  return createCarillon({ ...all, client: createSharedClient({ ...all, sharedName }) });
}
