/** Where uploads are kept, and the key of their links. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectContent } from '../adapters/content-type/content-inspector.ts';
import { createDiskFileStore } from '../adapters/files-disk/disk-file-store.ts';
import { createHmacLinkSigner } from '../adapters/links-hmac/hmac-link-signer.ts';
import type { Config } from '../config/load-config.ts';
import type { UploadTools } from '../domain/uploads/upload-service.ts';
import type { LinkSigner } from '../ports/link-signer.ts';
import type { Logger } from '../ports/logger.ts';
import { uploadLimitsOf } from './limits-of.ts';
import { secretsOf } from './secrets.ts';

const KEY_FILE = 'link-key';

export function uploadToolsOf(config: Config, { logger }: { logger: Logger }): UploadTools {
  const { dataDir, uploadDir } = config.settings;
  const path = uploadDir ?? join(dataDir, 'uploads');
  return {
    files: createDiskFileStore({ path, logger }),
    inspect: inspectContent,
    signer: lateSigner(() => secretsOf(config).jwtSecret ?? sharedKey(path)),
    limits: uploadLimitsOf(config),
  };
}

/** Whoever never makes a link needs no key, and no folder. */
function lateSigner(secret: () => string): LinkSigner {
  let signer: LinkSigner | undefined;
  const get = (): LinkSigner => (signer ??= createHmacLinkSigner(secret()));
  return {
    sign: (text) => get().sign(text),
    verify: (text, signature) => get().verify(text, signature),
  };
}

/** Where tokens are verified with public keys there is no secret to derive from: one is kept beside the files. */
function sharedKey(folder: string): string {
  const path = join(folder, KEY_FILE);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(path, randomBytes(48).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // Another process, or an earlier start, has made it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(path, 'utf8');
}
