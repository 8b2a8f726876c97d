import { engineName } from '../config/engine-choice.ts';
import { loadConfig } from '../config/load-config.ts';
import { settingLines } from '../config/describe-settings.ts';
import { KINDS } from '../roles/kinds.ts';
import type { CommandLine } from './command-line.ts';
import { overridesOf } from './command-line.ts';
import { print, printError } from './terminal.ts';

export async function checkConfigCommand(line: CommandLine): Promise<number> {
  const config = loadConfig({
    env: process.env,
    file: line.config,
    kinds: [...KINDS.keys()],
    overrides: overridesOf(line),
  });
  for (const warning of config.warnings) printError(`warning: ${warning}`);
  for (const text of settingLines(config.settings)) print(text);
  const { kind, host, port, settings } = config;
  const store = settings.databaseUrl === undefined ? 'SQLite' : 'PostgreSQL';
  print(`${kind} on ${host}:${port}, engine ${engineName(settings)}, ${store}`);
  const names = config.namespaces.map(({ name }) => (name === '' ? '""' : name));
  print(`namespaces: ${names.join(', ')}`);
  print('The configuration is good.');
  return 0;
}
