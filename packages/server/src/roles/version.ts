import { readFileSync } from 'node:fs';

/** Of the package this file is part of. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(path, 'utf8'));
  return version;
}
