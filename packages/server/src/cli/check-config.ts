import { loadConfig } from '../config/load-config.ts';
import { settingLines } from '../config/describe-settings.ts';
import { KINDS } from '../roles/kinds.ts';
import type { CommandLine } from './command-line.ts';
import { overridesOf } from './command-line.ts';

export async function checkConfigCommand(line: CommandLine): Promise<number> {
  const config = loadConfig({
    env: process.env,
    file: line.config,
    kinds: [...KINDS.keys()],
    overrides: overridesOf(line),
  });
  for (const warning of config.warnings) console.error(`warning: ${warning}`);
  for (const text of settingLines(config.settings)) console.log(text);
  const names = config.namespaces.map(({ name }) => (name === '' ? '""' : name));
  console.log(`namespaces: ${names.join(', ')}`);
  console.log('The configuration is good.');
  return 0;
}
