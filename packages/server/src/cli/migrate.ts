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
  mkdirSync(settings.dataDir, { recursive: true });
  const path = databasePath(settings.dataDir);
  const applied = await migrateSqlite(path);
  for (const name of applied) print(`applied ${name}`);
  print(applied.length === 0 ? `${path} is up to date.` : `${path} is at this version now.`);
  return 0;
}
