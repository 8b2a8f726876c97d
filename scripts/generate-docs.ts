// docs/configuration.md and docs/errors.md from their tables, and the tables inside docs/protocol.md and
// docs/operations.md. `--check` fails when a file is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disconnect, ErrorDefinition } from '@carillon/protocol';
import { DISCONNECTS, ERRORS, PLAIN_CLOSES, UNSUBSCRIBES, isTerminal } from '@carillon/protocol';
import type { Procedure, ProcedureAccess } from '@carillon/protocol/procedures';
import { PROCEDURES } from '@carillon/protocol/procedures';
import {
  FAMILIES,
  METRIC_PREFIX,
} from '../packages/server/src/adapters/metrics-prometheus/families.ts';
import { settingsMarkdown } from '../packages/server/src/config/describe-settings.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const generated = (source: string): string =>
  `<!-- Made by \`npm run docs\` from ${source}; edit that instead. -->\n`;

const RETRY_TEXT = {
  no: 'no',
  later: 'after a pause',
  'after-reauth': 'after a new token',
} as const;

function errorRows(): string {
  const rows = Object.entries<ErrorDefinition>(ERRORS).map(
    ([name, { code, message, httpStatus, retry }]) =>
      `| ${code} | \`${name}\` | ${message} | ${httpStatus} | ${RETRY_TEXT[retry]} |`,
  );
  return [
    '| code | name | meaning | HTTP status | repeat? |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function closeRows(table: Readonly<Record<string, Disconnect>>, showsReconnect: boolean): string {
  const head = showsReconnect
    ? ['| code | reason | client reconnects |', '|---|---|---|']
    : ['| code | reason |', '|---|---|'];
  const rows = Object.values(table).map(({ code, reason }) =>
    showsReconnect
      ? `| ${code} | ${reason} | ${isTerminal(code) ? 'no' : 'yes'} |`
      : `| ${code} | ${reason === '' ? '(empty)' : reason} |`,
  );
  return [...head, ...rows].join('\n');
}

const errors = `${generated('packages/protocol/src/errors.ts and close-codes.ts')}
# Errors and close codes

Two families that never mix: a **request error** answers one command or one HTTP request and the
connection lives on; a **close** ends the connection. A message says what was wrong, with which
value, and what to do; the code is what programs test.

## Request errors

Over the native protocol \`{"id":…,"error":{"code":…,"message":…}}\`; on plain endpoints
\`{"type":"error","code":…,"message":…}\`; over HTTP \`application/problem+json\` with \`code\`
(RFC 9457). An \`internal\` error carries an id that stands in the log beside the cause.

${errorRows()}

## Closes of the native protocol

3500–3999 and 4500–4999 are final; after any other code a client comes back by itself.

${closeRows(DISCONNECTS, true)}

## Closes of the plain endpoints

An empty reason is the WebSocket library's, which ends a connection whose frames are bad or too big;
over the native protocol too. A backend that disconnects through the server API may choose any code.

${closeRows(PLAIN_CLOSES, false)}

## Unsubscribe pushes

From 2500 on the client subscribes again by itself, with its position.

${closeRows(UNSUBSCRIBES, false)}
`;

const configuration = `${generated('packages/server/src/config')}
# Configuration

Every setting is an environment variable. The file named by \`CONFIG_FILE\` or \`--config\` (JSON or
YAML) may hold the same settings under their camelCase names, and namespaces, which do not fit in a
variable; the environment wins over the file. \`carillon check-config\` says what would be used.

Wrong values stop the start: all of them are listed together, each with its fix. Unknown keys in the
file are refused. Durations take units (\`30s\`, \`45000ms\`, \`5m\`); a bare number is seconds.
\`NODE_ENV=production\` makes the server insist on secrets and listen on all addresses.

${settingsMarkdown()}

## Namespaces

A channel \`news:today\` belongs to the namespace \`news\`; a channel without a prefix belongs to the
namespace \`""\`. A channel whose namespace nobody defined is refused (error 102).

\`\`\`json
{
  "namespaces": [
    {
      "name": "news",
      "subscribe": "authenticated",
      "publish": "authenticated",
      "history": { "size": 200, "ttl": "300s" },
      "recover": true,
      "presence": true,
      "joinLeave": true,
      "slowConsumer": "disconnect"
    }
  ]
}
\`\`\`

| key | values | default | meaning |
|---|---|---|---|
| \`name\` | up to 64 letters, digits, \`_\`, \`-\`, \`.\` | | \`""\` is the default namespace |
| \`subscribe\` | \`anyone\`, \`authenticated\`, \`owner\`, \`member\`, \`token\`, \`none\` | \`authenticated\` | who may subscribe |
| \`publish\` | the same | \`none\` | who may publish over a connection; backends always may, over HTTP |
| \`history\` | \`{"size", "ttl"}\` | none | how many publications are kept, and for how long |
| \`recover\` | true, false | false | missed publications are brought after a reconnect; needs history |
| \`presence\` | true, false | false | subscribers may ask who is there |
| \`joinLeave\` | true, false | false | subscribers are told who comes and goes |
| \`slowConsumer\` | \`disconnect\`, \`latest\` | \`disconnect\` | a client that does not keep up is closed with 3008, or gets only the newest publication |

\`anyone\` includes anonymous clients; \`authenticated\` needs a user; \`owner\` means the part after the
colon is the user's own id; \`member\` is answered by the conversation's member list (only \`chat\`);
\`token\` needs a subscription token for that very channel; \`none\` leaves it to the server.

Built in, and not to be redefined: \`user\` (one person's events), \`chat\` (conversations), \`task\`
(progress) and \`room\` (public rooms).
`;

const CALLERS: Readonly<Record<ProcedureAccess, string>> = {
  anyone: 'anyone',
  user: 'user',
  backend: 'backend',
  'user-or-backend': 'user, backend',
  admin: 'backend',
};

const procedureRow = ({ name, summary, access, http }: Procedure): string =>
  `| \`${name}\` | \`${http.method} ${http.path}\` | ${CALLERS[access]} | ${summary} |`;

const procedures = [
  '| RPC method | REST route | who may call | what it does |',
  '|---|---|---|---|',
  ...PROCEDURES.map(procedureRow),
].join('\n');

const metrics = [
  '| metric | kind | labels | meaning |',
  '|---|---|---|---|',
  ...Object.entries(FAMILIES).map(([name, { type, labels, help }]) => {
    const labelled = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${METRIC_PREFIX}${name}\` | ${type} | ${labelled} | ${help} |`;
  }),
].join('\n');

/** A page written by hand, with the table between its `<!-- begin … -->` and `<!-- end … -->` renewed. */
function pageWith(file: string, section: string, table: string): string {
  const page = readOrEmpty(join(docs, file));
  const begin = `<!-- begin ${section}: made by \`npm run docs\` -->\n`;
  const end = `\n<!-- end ${section} -->`;
  const start = page.indexOf(begin);
  const stop = page.indexOf(end, start);
  if (start < 0 || stop < 0) throw new Error(`docs/${file} has lost its "${section}" section`);
  return page.slice(0, start + begin.length) + table + page.slice(stop);
}

let isStale = false;
for (const [name, content] of [
  ['errors.md', errors],
  ['configuration.md', configuration],
  ['protocol.md', pageWith('protocol.md', 'procedures', procedures)],
  ['operations.md', pageWith('operations.md', 'metrics', metrics)],
] as const) {
  const path = join(docs, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, content);
  } else if (readOrEmpty(path) !== content) {
    console.error(`docs/${name} is not up to date; run npm run docs`);
    isStale = true;
  }
}
process.exit(isStale ? 1 : 0);

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
