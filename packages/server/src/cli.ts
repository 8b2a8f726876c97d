#!/usr/bin/env node
/** `carillon <command>`: reads the command line, leaves the work to cli/<command>.ts. */
import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import type { CommandLine } from './cli/command-line.ts';
import { OPTIONS } from './cli/command-line.ts';
import { helpText } from './cli/help.ts';
import { ConfigError } from './config/load-config.ts';
import { VERSION } from './roles/version.ts';
import { print, printError } from './cli/terminal.ts';

// Both keep a restart short: compiled modules are reused, and a command loads only what it needs.
enableCompileCache();

type Command = (line: CommandLine) => Promise<number>;

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  token: async () => (await import('./cli/token.ts')).token,
  'check-config': async () => (await import('./cli/check-config.ts')).checkConfigCommand,
  migrate: async () => (await import('./cli/migrate.ts')).migrate,
  'copy-store': async () => (await import('./cli/copy-store.ts')).copyStoreCommand,
};

async function main(args: string[]): Promise<number> {
  const line = readCommandLine(args);
  if (line === undefined) return 2;
  if (line.values.version === true) return show(VERSION);
  const [name] = line.positionals;
  if (line.values.help === true || name === undefined || name === 'help') return show(helpText());
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    printError(`carillon: "${name}" is not a command; use ${Object.keys(COMMANDS).join(', ')}`);
    return 2;
  }
  const run = await command();
  return run(line.values);
}

function readCommandLine(
  args: string[],
): { values: CommandLine; positionals: string[] } | undefined {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    printError(`carillon: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function show(text: string): number {
  print(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  printError(`carillon: ${message}`);
  if (!(error instanceof ConfigError) && error instanceof Error && process.env['DEBUG']) {
    printError(error.stack ?? message);
  }
  process.exitCode = 1;
}
