/** The files of TLS_CERT_PATH and TLS_KEY_PATH, read and tried out: at the start, and again at every change. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ReadResult } from './setting-kinds.ts';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

export interface CertificatePaths {
  readonly tlsCertPath?: string | undefined;
  readonly tlsKeyPath?: string | undefined;
}

/** Undefined: no TLS in this process. Nothing of the key stands in a problem. */
export function readCertificate(paths: CertificatePaths): ReadResult<Certificate> | undefined {
  const { tlsCertPath: certPath, tlsKeyPath: keyPath } = paths;
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) {
    return bad('TLS_CERT_PATH and TLS_KEY_PATH belong together; set both, or none to speak http');
  }
  const cert = readPem('TLS_CERT_PATH', certPath);
  if (!cert.ok) return cert;
  const key = readPem('TLS_KEY_PATH', keyPath);
  if (!key.ok) return key;
  return tryOut({ certPath, keyPath }, { cert: cert.value, key: key.value });
}

const bad = (problem: string): ReadResult<never> => ({ ok: false, problem });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

function readPem(name: string, path: string): ReadResult<string> {
  try {
    return { ok: true, value: readFileSync(path, 'utf8') };
  } catch (error) {
    return bad(`${name}: cannot be read: ${reasonOf(error)}`);
  }
}

function tryOut(
  { certPath, keyPath }: { readonly certPath: string; readonly keyPath: string },
  pair: { readonly cert: string; readonly key: string },
): ReadResult<Certificate> {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(pair.cert);
  } catch (error) {
    return bad(`TLS_CERT_PATH: ${certPath} holds no certificate in PEM form (${reasonOf(error)})`);
  }
  try {
    createPrivateKey(pair.key);
  } catch (error) {
    return bad(
      `TLS_KEY_PATH: ${keyPath} holds no private key in PEM form, or one with a passphrase (${reasonOf(error)})`,
    );
  }
  try {
    createSecureContext(pair);
  } catch (error) {
    return bad(
      `TLS_KEY_PATH: ${keyPath} is not the key of the certificate in ${certPath} (${reasonOf(error)})`,
    );
  }
  return { ok: true, value: { ...pair, expiresAt: Date.parse(leaf.validTo) } };
}
