import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selfSigned } from '../../../testkit/src/self-signed.ts';
import { readCertificate } from './certificate.ts';
import { readConfig } from './load-config.ts';

let folder: string;
const file = (name: string): string => join(folder, name);

function makeCertificate(name: string): void {
  const { cert, key } = selfSigned(name);
  writeFileSync(file(`${name}.crt`), cert);
  writeFileSync(file(`${name}.key`), key);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-certificate-'));
  makeCertificate('one');
  makeCertificate('two');
  writeFileSync(file('empty'), '');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const problemOf = (tlsCertPath?: string, tlsKeyPath?: string): string => {
  const result = readCertificate({ tlsCertPath, tlsKeyPath });
  return result === undefined || result.ok ? '' : result.problem;
};

it('is read with its key, and says until when it is good', () => {
  const result = readCertificate({ tlsCertPath: file('one.crt'), tlsKeyPath: file('one.key') });
  expect(result).toMatchObject({ ok: true, value: { cert: expect.stringContaining('BEGIN') } });
  if (result?.ok === true) expect(result.value.expiresAt).toBeGreaterThan(Date.now());
});

it('is not asked for: no TLS', () => {
  expect(readCertificate({})).toBeUndefined();
});

it('is refused with what is wrong, and where', () => {
  expect(problemOf(file('one.crt'))).toContain('belong together');
  expect(problemOf(file('missing.crt'), file('one.key'))).toContain(
    'TLS_CERT_PATH: cannot be read',
  );
  expect(problemOf(file('empty'), file('one.key'))).toContain('holds no certificate');
  expect(problemOf(file('one.crt'), file('empty'))).toContain('holds no private key');
  expect(problemOf(file('one.crt'), file('two.key'))).toContain(
    'is not the key of the certificate',
  );
});

it('stops the start together with every other problem', () => {
  const env = { TLS_CERT_PATH: file('one.crt'), TLS_KEY_PATH: file('two.key'), PORT: 'x' };
  expect(readConfig({ env }).problems).toHaveLength(2);
});
