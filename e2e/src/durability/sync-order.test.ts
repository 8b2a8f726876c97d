/**
 * Killing a process does not show whether data has reached the disk; the order of system calls
 * does. It is read with strace, where that is installed and permitted.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  connect,
  commitGroup,
} from '../../../packages/server/src/adapters/store-sql/group-commit.ts';
import { migrateSqlite } from '../../../packages/server/src/adapters/store-sql/migrate-sqlite.ts';

const ACKS = 200;
const PROCESS = join(import.meta.dirname, 'one-by-one-process.ts');
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-sync-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('what must survive a power cut is committed with a full sync, what may be redone without', async () => {
  const path = join(directory, 'test.db');
  await migrateSqlite(path);
  const connection = connect(path);
  const commit = async (name: 'ping' | 'complete' | 'counts') => {
    const parameters = name === 'complete' ? [[1]] : name === 'counts' ? ['ann'] : [];
    const settings = { writerLeaseMs: 0, createId: () => 'id' };
    await commitGroup(connection, [{ name, parameters, now: 1 }], settings);
    return connection.database.prepare('PRAGMA synchronous').get()?.['synchronous'];
  };
  const [NORMAL, FULL] = [1, 2];
  expect(await commit('ping')).toBe(FULL);
  expect(await commit('complete')).toBe(NORMAL);
  expect(await commit('counts')).toBe(NORMAL);
  expect(await commit('ping')).toBe(FULL);
  connection.database.close();
});

if (canTrace) {
  it(`each of ${ACKS} acknowledgements follows a sync that began after the one before and was done`, async () => {
    trace('-e', 'trace=fdatasync,fsync,write');
    const calls = (await readFile(join(directory, 'trace'), 'utf8')).split('\n');
    const from = calls.findIndex((call) => call.includes('write(1, "begin'));
    expect(syncsBeforeAcks(calls.slice(from + 1))).toEqual(
      Array.from({ length: ACKS }, () => true),
    );
  }, 60_000);

  it('a sync that fails once is not trusted again: nothing is acknowledged until the log is new', async () => {
    const failing = ['-e', 'inject=fsync,fdatasync:error=EIO:when=40'];
    const watched = 'trace=fsync,fdatasync,ftruncate,unlink,write';
    const printed = trace('-e', watched, ...failing).split('\n');
    const refusals = printed.filter((line) => line.startsWith('refused'));
    expect(refusals).toEqual([expect.stringMatching(/^refused \d+ input\/output error/)]);
    const acks = printed.filter((line) => line.startsWith('ack'));
    expect(acks).toEqual(Array.from({ length: ACKS }, (_, n) => `ack ${n}`));
    expect(printed).toContain(`stored ${ACKS}`);
    const calls = (await readFile(join(directory, 'trace'), 'utf8')).split('\n');
    const since = calls.slice(calls.findIndex((call) => call.includes('EIO')));
    const untilAck = since.slice(
      0,
      since.findIndex((call) => /write\(1, "ack/.test(call)),
    );
    expect(untilAck).toContainEqual(expect.stringMatching(/ftruncate\(\d+, 0|unlink\(".*-wal"/));
  }, 60_000);
}

/** Runs the process under strace; returns what it printed. */
function trace(...options: readonly string[]): string {
  const node = [process.execPath, ...process.execArgv, PROCESS, join(directory, 'test.db')];
  const args = ['-f', '-o', join(directory, 'trace'), ...options, ...node, String(ACKS)];
  const { status, stdout, stderr } = spawnSync('strace', args, { encoding: 'utf8' });
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}

/** For each acknowledgement, whether a sync had succeeded since the one before. */
function syncsBeforeAcks(calls: readonly string[]): boolean[] {
  const acks: boolean[] = [];
  let isSynced = false;
  let isSyncBegun = false;
  for (const call of calls) {
    if (/write\(1, "ack/.test(call)) {
      acks.push(isSynced);
      isSynced = false;
      isSyncBegun = false;
    }
    if (/ f(data)?sync\(/.test(call)) isSyncBegun = true;
    if (isSyncBegun && /sync.*= 0$/.test(call)) isSynced = true;
  }
  return acks;
}
