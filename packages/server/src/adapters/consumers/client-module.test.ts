import { expect, it } from 'vitest';
import { loadClient } from './client-module.ts';

it('a client that is not installed is named, with the setting that wants it and what to do', async () => {
  const name = 'carillon-no-such-client';
  const load = (): Promise<unknown> => import(/* @vite-ignore */ name);
  const missing = Object.assign(new Error(`Cannot find package '${name}'`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  await expect(
    loadClient(name, {
      setting: 'QUEUE_X_URL',
      load: () => load().catch(() => Promise.reject(missing)),
    }),
  ).rejects.toThrow(
    `QUEUE_X_URL needs the package "${name}", which is not installed: npm install ${name}`,
  );
});

it('a client that is installed and broken says so itself', async () => {
  const broken = new Error('its own problem');
  const load = (): Promise<unknown> => Promise.reject(broken);
  await expect(loadClient('x', { setting: 'QUEUE_X_URL', load })).rejects.toBe(broken);
});
