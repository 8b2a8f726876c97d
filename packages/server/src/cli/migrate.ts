import { mkdirSync } from 'node:fs';
import { migrateSqlite } from '../adapters/store-sql/migrate-sqlite.ts';
import { loadConfig } from '../config/load-config.ts';
import { databasePath } from '../roles/database-path.ts';
import type { CommandLine } from './command-line.ts';
import { overridesOf } from './command-line.ts';
import { print } from './terminal.ts';

export async function migrate(line: CommandLine): Promise<number> {
  const { settings } = loadConfig({
    env: process.env,
    file: line.config,
    overrides: overridesOf(line),
  });
  const { databaseUrl, dataDir } = settings;
  const { applied, where } = await (databaseUrl === undefined
    ? migrateEmbedded(dataDir)
    : migrateServer(databaseUrl));
  for (const name of applied) print(`applied ${name}`);
  print(applied.length === 0 ? `${where} is up to date.` : `${where} is at this version now.`);
  return 0;
}

interface Migrated {
  readonly applied: readonly string[];
  readonly where: string;
}

async function migrateEmbedded(dataDir: string): Promise<Migrated> {
  mkdirSync(dataDir, { recursive: true });
  const path = databasePath(dataDir);
  return { applied: await migrateSqlite(path), where: path };
}

async function migrateServer(url: string): Promise<Migrated> {
  const { migratePostgres } = await import('../adapters/store-sql/postgres/migrate-postgres.ts');
  const { addressOf } = await import('../adapters/store-sql/postgres/connection-settings.ts');
  return { applied: await migratePostgres({ url }), where: addressOf(url) };
}
