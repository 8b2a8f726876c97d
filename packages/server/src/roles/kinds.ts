import type { ApplicationFactory } from './application.ts';

/** The built-in application kinds, by the names that SERVICE_ROLE and API_TYPE take; loaded when chosen. */
export const KINDS: ReadonlyMap<string, ApplicationFactory> = new Map([
  ['combined', async (context) => (await import('./combined.ts')).createCombined(context)],
]);
