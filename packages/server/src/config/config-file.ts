/**
 * The file of CONFIG_FILE or --config, JSON or YAML: namespaces, and any setting under its
 * camelCase name. Unknown keys are refused, with the nearest known one.
 */
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { Namespace } from '../ports/namespace.ts';
import { readNamespaces } from './namespace-config.ts';
import { closest } from './closest.ts';
import { SETTINGS } from './settings.ts';

export interface ConfigFile {
  /** Setting key → text, as if it had come from the environment. */
  readonly values: ReadonlyMap<string, string>;
  readonly namespaces: readonly Namespace[];
}

export const EMPTY_CONFIG_FILE: ConfigFile = { values: new Map(), namespaces: [] };

export function readConfigFile(path: string, problems: string[]): ConfigFile {
  let document: unknown;
  try {
    const source = readFileSync(path, 'utf8');
    document = path.endsWith('.json') ? JSON.parse(source) : parseYaml(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(`CONFIG_FILE: cannot read ${path}: ${reason}`);
    return EMPTY_CONFIG_FILE;
  }
  return readConfigDocument(document, path, problems);
}

export function readConfigDocument(
  document: unknown,
  origin: string,
  problems: string[],
): ConfigFile {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    problems.push(`${origin}: the configuration must be an object, like { "namespaces": [] }`);
    return EMPTY_CONFIG_FILE;
  }
  const values = new Map<string, string>();
  let namespaces: readonly Namespace[] = [];
  for (const [key, value] of Object.entries(document)) {
    if (key === 'namespaces') {
      namespaces = readNamespaces(value, origin, problems);
    } else if (!Object.hasOwn(SETTINGS, key)) {
      const known = closest(key, ['namespaces', ...Object.keys(SETTINGS)]);
      problems.push(`${origin}: unknown key "${key}"; did you mean "${known}"?`);
    } else if (Array.isArray(value)) {
      values.set(key, value.join(','));
    } else if (['string', 'number', 'boolean'].includes(typeof value)) {
      values.set(key, String(value));
    } else {
      problems.push(`${origin}: "${key}" must be a text, a number, true or false, or a list`);
    }
  }
  return { values, namespaces };
}
