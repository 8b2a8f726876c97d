/** The table as text: `carillon --help` and docs/configuration.md. */
import type { Setting, SettingGroup } from './setting.ts';
import type { SettingKey, Settings } from './settings.ts';
import { SETTINGS } from './settings.ts';

const GROUP_TITLES: Readonly<Record<SettingGroup, string>> = {
  server: 'Server',
  identity: 'Identity and access',
  storage: 'Storage',
  engine: 'Several processes',
  delivery: 'Connections and heartbeats',
  push: 'Push',
  queues: 'Queues',
  limits: 'Limits',
  uploads: 'Uploads',
};

interface Row {
  readonly key: string;
  readonly env: string;
  readonly format: string;
  readonly defaultText: string;
  readonly description: string;
}

function rowOf<T>(key: string, setting: Setting<T>): Row {
  return {
    key,
    env: setting.env,
    format: setting.kind.format,
    defaultText: setting.default === undefined ? '' : setting.kind.write(setting.default),
    description: setting.description,
  };
}

function rowsOf(group: SettingGroup): Row[] {
  const keys = Object.keys(SETTINGS) as SettingKey[];
  return (
    keys
      .filter((key) => SETTINGS[key].group === group)
      // Every entry is some Setting<T>; its own kind writes its own default.
      .map((key) => rowOf(key, SETTINGS[key] as Setting<unknown>))
  );
}

const groups = Object.keys(GROUP_TITLES) as SettingGroup[];

/** For a terminal. */
export function settingsHelp(): string {
  const sections = groups.map((group) => {
    const lines = rowsOf(group).map((row) => {
      const shown = row.defaultText === '' ? '' : ` [${row.defaultText}]`;
      return `  ${row.env.padEnd(32)} ${row.description}${shown}`;
    });
    return `${GROUP_TITLES[group]}\n${lines.join('\n')}`;
  });
  return sections.join('\n\n');
}

/** For docs/configuration.md. */
export function settingsMarkdown(): string {
  const escape = (value: string): string => value.replaceAll('|', String.raw`\|`);
  const sections = groups.map((group) => {
    const rows = rowsOf(group).map(
      (row) =>
        `| \`${row.env}\` | \`${row.key}\` | ${escape(row.format)} | ${row.defaultText === '' ? '' : `\`${escape(row.defaultText)}\``} | ${escape(row.description)} |`,
    );
    const head =
      '| variable | key in the file | format | default | meaning |\n|---|---|---|---|---|';
    return `## ${GROUP_TITLES[group]}\n\n${head}\n${rows.join('\n')}`;
  });
  return sections.join('\n\n');
}

/** One setting as operators see it. */
export interface ShownSetting {
  readonly name: string;
  readonly group: SettingGroup;
  /** Undefined: not set, or hidden. */
  readonly value: string | undefined;
  readonly isSecret: boolean;
  readonly isSet: boolean;
  readonly isDefault: boolean;
  readonly description: string;
}

/** All of them, secrets hidden. */
export function shownSettings(settings: Settings): readonly ShownSetting[] {
  const keys = Object.keys(SETTINGS) as SettingKey[];
  return keys.map((key) => shownSetting(SETTINGS[key] as Setting<unknown>, settings[key]));
}

function shownSetting(setting: Setting<unknown>, value: unknown): ShownSetting {
  const { env: name, group, kind, description, isSecret = false } = setting;
  const text = value === undefined ? '' : kind.write(value);
  const standard = setting.default === undefined ? '' : kind.write(setting.default);
  return {
    name,
    group,
    value: isSecret || text === '' ? undefined : text,
    isSecret,
    isSet: text !== '',
    isDefault: text === standard,
    description,
  };
}

/** `NAME=value` of what is in force, secrets hidden. */
export function settingLines(settings: Settings): string[] {
  const keys = Object.keys(SETTINGS) as SettingKey[];
  return keys
    .filter((key) => settings[key] !== undefined)
    .map((key) => lineOf(SETTINGS[key] as Setting<unknown>, settings[key]));
}

function lineOf(setting: Setting<unknown>, value: unknown): string {
  const isHidden = setting.isSecret === true && setting.kind.write(value) !== '';
  return `${setting.env}=${isHidden ? '(hidden)' : setting.kind.write(value)}`;
}
