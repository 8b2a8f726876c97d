/**
 * Settings from defaults < file < environment < program, checked together: either a frozen Config
 * or every problem at once, each with its fix.
 */
import { readFileSync } from 'node:fs';
import type { Namespace } from '../ports/namespace.ts';
import { applicationKind, defaultPort, kindSetting } from './application-kind.ts';
import { checkConfig } from './check-config.ts';
import { EMPTY_CONFIG_FILE, readConfigDocument, readConfigFile } from './config-file.ts';
import { builtInNamespaces } from './namespace-config.ts';
import type { SettingKey, Settings } from './settings.ts';
import { SETTINGS } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  readonly settings: Settings;
  readonly namespaces: readonly Namespace[];
  /** The application kind that SERVICE_ROLE and API_TYPE name. */
  readonly kind: string;
  readonly isProduction: boolean;
  /** `settings.port`, or the kind's default. */
  readonly port: number;
  /** `settings.host`, or the environment's default. */
  readonly host: string;
  /** The server can be reached from this machine only. */
  readonly isLoopback: boolean;
  /** Odd, but no reason to stop; logged at the start. */
  readonly warnings: readonly string[];
}

/** Before the warnings are known. */
export type Draft = Omit<Config, 'warnings'>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} problem(s):\n  - ${problems.join('\n  - ')}`);
    this.problems = problems;
  }
}

export interface ConfigSources {
  readonly env: Environment;
  /** Path of --config; else CONFIG_FILE of the environment. */
  readonly file?: string | undefined;
  /** Names in the application factory; absent: not checked. */
  readonly kinds?: readonly string[] | undefined;
  /** Same shape as the file's content; wins over everything (`createCarillon`, command line). */
  readonly overrides?: object | undefined;
}

const LOOPBACK_HOSTS = new Set(['127.0.0.1', '::1', 'localhost']);

export interface ReadConfig {
  /** Usable only when `problems` is empty. */
  readonly config: Config;
  readonly problems: readonly string[];
}

/** @throws ConfigError with all problems. */
export function loadConfig(sources: ConfigSources): Config {
  const { config, problems } = readConfig(sources);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** For callers that add findings of their own (a taken port) before they report. */
export function readConfig(sources: ConfigSources): ReadConfig {
  const problems: string[] = [];
  const path = sources.file ?? sources.env['CONFIG_FILE'];
  const file = path === undefined ? EMPTY_CONFIG_FILE : readConfigFile(path, problems);
  const overrides =
    sources.overrides === undefined
      ? EMPTY_CONFIG_FILE
      : readConfigDocument(sources.overrides, 'options', problems);
  const settings = readSettings(
    (key) =>
      overrides.values.get(key) ?? nonEmpty(sources.env[SETTINGS[key].env]) ?? file.values.get(key),
    problems,
  );
  const isProduction = sources.env['NODE_ENV'] === 'production';
  const host = settings.host ?? (isProduction ? '0.0.0.0' : '127.0.0.1');
  const isLoopback = LOOPBACK_HOSTS.has(host);
  const isRoomOpen = settings.allowAnonymous || settings.insecure || (isLoopback && !isProduction);
  const namespaces = [
    ...builtInNamespaces({ isRoomOpen }),
    ...file.namespaces,
    ...overrides.namespaces,
  ];
  const kind = applicationKind(settings);
  const draft = {
    settings: withKeyFile(settings, problems),
    namespaces,
    kind,
    isProduction,
    port: settings.port ?? defaultPort(kind),
    host,
    isLoopback,
  };
  checkKind(draft, sources.kinds, problems);
  const warnings = checkConfig(draft, problems);
  return { config: Object.freeze({ ...draft, warnings }), problems };
}

function checkKind(
  { kind, settings }: Draft,
  kinds: readonly string[] | undefined,
  problems: string[],
): void {
  if (kinds === undefined || kinds.includes(kind)) return;
  problems.push(
    `${kindSetting(settings)}: "${kind}" is not a known application kind; use one of ${kinds.join(', ')}`,
  );
}

/** A variable that is set but empty (`PORT=` in a compose file) counts as unset. */
const nonEmpty = (value: string | undefined): string | undefined =>
  value === '' ? undefined : value;

function readSettings(
  textOf: (key: SettingKey) => string | undefined,
  problems: string[],
): Settings {
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const setting = SETTINGS[key];
    const raw = textOf(key);
    if (raw === undefined) {
      values[key] = setting.default;
      continue;
    }
    const result = setting.kind.read(raw);
    // A refused value is replaced by the default, so that the cross checks can go on and list theirs too.
    values[key] = result.ok ? result.value : setting.default;
    if (!result.ok) problems.push(`${setting.env}: ${result.problem}`);
  }
  // The one place where the table's untyped loop becomes the typed record that it describes.
  return values as Settings;
}

/** JWT_PUBLIC_KEY may name a PEM file. */
function withKeyFile(settings: Settings, problems: string[]): Settings {
  const key = settings.jwtPublicKey;
  if (key === undefined || key.includes('-----BEGIN')) return settings;
  try {
    return { ...settings, jwtPublicKey: readFileSync(key, 'utf8') };
  } catch {
    problems.push(
      `JWT_PUBLIC_KEY: "${key.slice(0, 80)}" is neither PEM text (-----BEGIN …) nor a file that can be read`,
    );
    return settings;
  }
}
