/**
 * FileStore in a folder that all processes share:
 *
 *   incoming/<random>.part ──rename──▶ files/<two characters>/<id>
 *
 * Names come from ids that were made here, so nothing a client says is ever part of a path.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileBytes, FileStore, UnfinishedFile } from '../../ports/file-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { StoreUnavailableError } from '../../ports/store.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const ID = /^[\w-]{8,128}$/;
/** Files of one call to `removeUnfinished`; the next one goes on. */
const MAX_REMOVED = 1000;

export interface DiskFileStoreOptions {
  /** Made where it is missing. */
  readonly path: string;
  readonly logger: Logger;
}

export function createDiskFileStore(options: DiskFileStoreOptions): FileStore {
  return new DiskFiles(options);
}

class DiskFiles implements FileStore {
  readonly #incoming: string;
  readonly #files: string;
  readonly #logger: Logger;

  constructor({ path, logger }: DiskFileStoreOptions) {
    this.#incoming = join(path, 'incoming');
    this.#files = join(path, 'files');
    this.#logger = logger;
  }

  begin(): Promise<UnfinishedFile> {
    return this.#device(async () => {
      await mkdir(this.#incoming, { recursive: true, mode: PRIVATE_FOLDER });
      const path = join(this.#incoming, `${randomBytes(16).toString('hex')}.part`);
      const handle = await open(path, 'wx', PRIVATE_FILE);
      return this.#unfinished(path, handle);
    });
  }

  async read(
    id: string,
    { start, end }: { start: number; end: number },
  ): Promise<FileBytes | undefined> {
    if (!ID.test(id)) return undefined;
    return this.#device(async () => {
      const handle = await openIfThere(this.#pathOf(id));
      return handle?.createReadStream({ start, end });
    });
  }

  async remove(id: string): Promise<void> {
    if (!ID.test(id)) return;
    await this.#device(() => rm(this.#pathOf(id), { force: true }));
  }

  async removeUnfinished(olderThanMs: number): Promise<number> {
    const before = Date.now() - olderThanMs;
    let removed = 0;
    for (const path of await filesIn(this.#incoming)) {
      if (removed === MAX_REMOVED) break;
      if ((await modifiedAt(path)) > before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  #unfinished(path: string, handle: FileHandle): UnfinishedFile {
    let isOpen = true;
    let isKept = false;
    const close = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await handle.close();
    };
    return {
      write: (chunk) => this.#device(() => writeAll(handle, chunk)),
      sync: () =>
        this.#device(async () => {
          await handle.sync();
          await close();
        }),
      keep: (id) =>
        this.#device(async () => {
          if (!ID.test(id)) throw new Error('not an id of ours');
          const folder = join(this.#files, folderOf(id));
          const isNew = await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
          await rename(path, this.#pathOf(id));
          isKept = true;
          await syncFolder(folder);
          if (isNew !== undefined) await syncFolder(this.#files);
        }),
      discard: async () => {
        if (isKept) return;
        try {
          await close();
          await rm(path, { force: true });
        } catch (error) {
          // What is left is removed with what crashes leave.
          this.#logger.warn({ err: error }, 'an unfinished upload could not be removed');
        }
      },
    };
  }

  #pathOf(id: string): string {
    return join(this.#files, folderOf(id), id);
  }

  /** Whatever the operating system refuses is the device's; everything else is a bug and goes on. */
  async #device<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#logger.error({ err: error }, 'the folder of uploads cannot be used');
      throw new StoreUnavailableError('the folder of uploads cannot be used', { cause: error });
    }
  }
}

/** The end of an id, where two made at the same time differ. */
const folderOf = (id: string): string => id.slice(-2).toLowerCase();

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'code' in error;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done);
    done += bytesWritten;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  try {
    for await (const entry of await opendir(folder)) paths.push(join(folder, entry.name));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return paths;
}

/** A file that is gone by now counts as new. */
async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** A new name survives a power cut when its folder was saved. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
