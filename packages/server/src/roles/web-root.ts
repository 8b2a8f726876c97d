import { fileURLToPath } from 'node:url';

/** The built pages: `public` of this package, from the sources and from dist alike. */
export const WEB_ROOT: string = fileURLToPath(new URL('../../public', import.meta.url));
