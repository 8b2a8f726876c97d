/**
 * A session as a shell script with curl. curl speaks no WebSocket of its own: native sessions go over
 * HTTP streaming instead; of plain endpoints it can show what arrives, not send.
 */
import { overTransport, partsOf } from './script.ts';
import type { Script } from './script.ts';

export function curlCode(script: Script): string {
  const { plan } = script;
  const lines =
    plan.transport !== 'websocket'
      ? httpCode(script)
      : plan.endpoint.family === 'native'
        ? [
            '# curl speaks no WebSocket: the same over HTTP streaming.',
            ...httpCode(overTransport(script, { transport: 'http_stream' })),
          ]
        : plan.endpoint.family === 'uni'
          ? [
              '# curl speaks no WebSocket: the same as server-sent events.',
              ...httpCode(overTransport(script, { transport: 'sse' })),
            ]
          : handshakeCode(script);
  return `${lines.join('\n')}\n`;
}

function httpCode(script: Script): readonly string[] {
  const { plan, sent } = script;
  const request = streamRequest(script);
  const { emulationUrl } = plan;
  if (sent.length === 0 || emulationUrl === undefined) return [...secrets(script), request];
  return [
    ...secrets(script),
    'out=$(mktemp)',
    `${request} > "$out" &`,
    `trap 'kill $!; rm -f "$out"' EXIT`,
    '',
    '# Where to send to stands in the first answer.',
    `until grep -q '"session"' "$out" || ! kill -0 $!; do sleep 0.1; done`,
    `session=$(sed -n 's/.*"session":"\\([^"]*\\)".*/\\1/p' "$out" | head -n 1)`,
    `node=$(sed -n 's/.*"node":"\\([^"]*\\)".*/\\1/p' "$out" | head -n 1)`,
    'say() {',
    `  curl -sS -X POST ${word(emulationUrl)} -H 'Content-Type: application/json' \\`,
    `    -d "{\\"session\\":\\"$session\\",\\"node\\":\\"$node\\",\\"data\\":$1}"`,
    '}',
    // The command is a JSON text inside the JSON of the request.
    ...sent.map((text) => `say ${word(JSON.stringify(text))}`),
    '',
    'tail -f -n +1 "$out"',
  ];
}

function streamRequest({ plan }: Script): string {
  const [base = '', query] = plan.url.split('?');
  const params = [...new URLSearchParams(query ?? '')];
  return [
    `curl -sSN ${word(plan.method === 'POST' ? plan.url : base)}`,
    ...(plan.method === 'GET' && params.length > 0 ? ['-G'] : []),
    ...(plan.method === 'GET'
      ? params.map(([name, value]) => `--data-urlencode ${word(`${name}=${value}`)}`)
      : [`-d ${word(plan.body ?? '')}`]),
  ].join(' \\\n  ');
}

const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

function handshakeCode(script: Script): readonly string[] {
  const url = script.plan.url.replace(/^ws/, 'http');
  return [
    '# curl shows what arrives (each frame after two to four bytes of its head); it cannot send.',
    ...secrets(script),
    [
      `curl -sSN --http1.1 ${word(url)}`,
      `-H 'Connection: Upgrade' -H 'Upgrade: websocket'`,
      `-H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: ${SAMPLE_KEY}' --output -`,
    ].join(' \\\n  '),
  ];
}

const secrets = ({ needsToken, needsTicket, origin }: Script): readonly string[] => [
  ...(needsToken ? [': "${TOKEN:?put your access token into the variable TOKEN}"'] : []),
  ...(needsTicket
    ? [
        `TICKET=$(curl -sS -X POST ${word(`${origin}/api/v1/tickets`)} -H "Authorization: Bearer $TOKEN" |`,
        `  sed 's/.*"ticket":"\\([^"]*\\)".*/\\1/')`,
      ]
    : []),
];

/** One word of a POSIX shell, whatever it contains; marks become variables. */
const word = (text: string): string => {
  const parts = partsOf(text);
  if (parts.length === 0) return `''`;
  return parts
    .map((part) => ('mark' in part ? `"$${part.mark}"` : `'${part.text.replaceAll("'", `'\\''`)}'`))
    .join('');
};
