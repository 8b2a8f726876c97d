/** A certificate as files that a server reads (TLS_CERT_PATH, TLS_KEY_PATH), and which one it shows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { SelfSigned } from '../../../packages/testkit/src/self-signed.ts';

export interface CertificateFiles {
  readonly env: { readonly TLS_CERT_PATH: string; readonly TLS_KEY_PATH: string };
  /** In the place of the one before; the server is not told. */
  install(certificate: SelfSigned): Promise<void>;
  remove(): Promise<void>;
}

export async function certificateFiles(first: SelfSigned): Promise<CertificateFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-tls-'));
  const env = {
    TLS_CERT_PATH: join(folder, 'server.crt'),
    TLS_KEY_PATH: join(folder, 'server.key'),
  };
  const install = async ({ cert, key }: SelfSigned): Promise<void> => {
    await writeFile(env.TLS_CERT_PATH, cert);
    await writeFile(env.TLS_KEY_PATH, key);
  };
  await install(first);
  return { env, install, remove: () => rm(folder, { recursive: true }) };
}

/** The name in the certificate that a new connection is shown. */
export function shownName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = connectTls(options, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
