import { expect, it } from 'vitest';
import { firstFrameOf } from './quick-connect.ts';

const encoded = Buffer.from('{"id":1,"connect":{"token":"e.y~J-_"}}').toString('base64url');

it.each([
  [`carillon.v1, carillon.connect.${encoded}`, true],
  [`carillon.connect.${encoded},carillon.v1`, true],
  [`carillon.connect.${encoded}`, false],
  [`carillon.v12, carillon.connect.${encoded}`, false],
  ['carillon.v1', false],
  ['centrifuge-json', false],
  [`carillon.v1,xcarillon.connect.${encoded}`, false],
  [`carillon.v1,carillon.connect.${encoded}=`, false],
  ['carillon.v1,carillon.connect.', false],
  [undefined, false],
])('%s carries a frame: %s', (offered, carries) => {
  const frame = firstFrameOf(offered)?.toString();
  expect(frame).toBe(carries ? Buffer.from(encoded, 'base64url').toString() : undefined);
});

it('a header of any length is looked at in no time', () => {
  const started = performance.now();
  for (const part of ['carillon.connect.', ' ,', 'carillon.connect.a ']) {
    firstFrameOf('carillon.v1,' + part.repeat(16_384 / part.length));
  }
  expect(performance.now() - started).toBeLessThan(200);
});
