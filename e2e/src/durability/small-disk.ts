/**
 * Places that can be full: a small file system of its own where this process may mount one, and
 * everywhere a limit on the size of files (a write beyond it fails, as on a failing device).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** From now on nothing more can be written, apart from what fits in a page or two. */
  fill(pid: number): Promise<void>;
  free(pid: number): void;
  remove(): void;
}

export interface DiskKind {
  readonly name: string;
  make(): SmallDisk;
}

const DISK_BYTES = 8 * 1024 * 1024;

const run = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

function mustRun(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

const mountPoint = (): string => mkdtempSync(join(tmpdir(), 'carillon-disk-'));

const mountTmpfs = (path: string): boolean =>
  run('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path);

const fullFileSystem: DiskKind = {
  name: 'a full file system',
  make: () => {
    const path = mountPoint();
    if (!mountTmpfs(path)) throw new Error(`cannot mount ${path}`);
    const filler = join(path, 'filler');
    return {
      path,
      fill: async () => {
        const { bavail, bsize } = await statfs(path);
        try {
          writeFileSync(filler, Buffer.alloc(bavail * bsize));
        } catch (error) {
          // Somebody else wrote meanwhile: it is full all the same.
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        }
      },
      free: () => rmSync(filler),
      remove: () => {
        mustRun('umount', path);
        rmSync(path, { recursive: true });
      },
    };
  },
};

const limitedFiles: DiskKind = {
  name: 'files that must not grow',
  make: () => {
    const path = mountPoint();
    return {
      path,
      fill: async (pid) => mustRun('prlimit', '--pid', String(pid), '--fsize=4096:'),
      free: (pid) => mustRun('prlimit', '--pid', String(pid), '--fsize=unlimited:'),
      remove: () => rmSync(path, { recursive: true }),
    };
  },
};

function canMount(): boolean {
  const path = mountPoint();
  const isMounted = mountTmpfs(path);
  if (isMounted) mustRun('umount', path);
  rmSync(path, { recursive: true });
  return isMounted;
}

export const DISK_KINDS: readonly DiskKind[] = canMount()
  ? [fullFileSystem, limitedFiles]
  : [limitedFiles];
