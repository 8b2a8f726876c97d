import { settingsHelp } from '../config/describe-settings.ts';

export function helpText(): string {
  return `Usage: carillon <command> [options]

Commands
  serve                            Start the server.
  token --sub <user>               Print a token for a user, signed with JWT_SECRET.
  check-config                     Say what would be used, or everything that is wrong.
  migrate                          Bring the database (DATABASE_URL, else that of DATA_DIR) to this version.
  copy-store --from <file> --to <url>
                                   Copy an embedded database into an empty PostgreSQL; goes on where it was.

Options
  --config <file>                  JSON or YAML file with settings and namespaces (CONFIG_FILE).
  --port <n>, --host <address>     Instead of PORT and HOST.
  --data-dir <folder>              Instead of DATA_DIR.
  --sub, --ttl, --channels, --admin, --channel
                                   Of token: the user; how long it is valid [1h]; channels subscribed at
                                   connect (a,b); the admin claim; a subscription token for one channel.
  --from, --to                     Of copy-store: the carillon.db of a data directory whose server is
                                   stopped; a PostgreSQL URL [DATABASE_URL].
  -h, --help    -v, --version

Settings (environment; [default])

${settingsHelp()}`;
}
