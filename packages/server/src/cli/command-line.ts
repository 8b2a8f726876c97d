/** Options of all commands; what an option means stands in help.ts. */
export const OPTIONS = {
  config: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'data-dir': { type: 'string' },
  sub: { type: 'string' },
  ttl: { type: 'string' },
  channels: { type: 'string' },
  channel: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  admin: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export interface CommandLine {
  config?: string;
  port?: string;
  host?: string;
  'data-dir'?: string;
  sub?: string;
  ttl?: string;
  channels?: string;
  channel?: string;
  from?: string;
  to?: string;
  admin?: boolean;
  help?: boolean;
  version?: boolean;
}

/** What the command line says, in the shape of the configuration file. */
export function overridesOf(line: CommandLine): object {
  return {
    ...(line.port === undefined ? {} : { port: line.port }),
    ...(line.host === undefined ? {} : { host: line.host }),
    ...(line['data-dir'] === undefined ? {} : { dataDir: line['data-dir'] }),
  };
}
