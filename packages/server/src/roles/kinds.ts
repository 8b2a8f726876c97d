import type { ApplicationFactory } from './application.ts';
import { createCombined } from './combined.ts';

/** The built-in application kinds, by the names that SERVICE_ROLE and API_TYPE take. */
export const KINDS: ReadonlyMap<string, ApplicationFactory> = new Map([
  ['combined', createCombined],
]);
