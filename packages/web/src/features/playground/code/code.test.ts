import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { endpointOf, transportsOf, ENDPOINTS } from '../endpoints.ts';
import type { EndpointId, Transport } from '../endpoints.ts';
import type { Recording } from '../playground-session.ts';
import { curlCode } from './curl.ts';
import { javaScriptCode } from './javascript.ts';
import { pythonCode } from './python.ts';
import { scriptOf } from './script.ts';

const ORIGIN = 'https://example.org';
const TOKEN = 'eyJ.secret.sig';

const recording = (
  id: EndpointId,
  transport: Transport,
  more: Partial<Recording> = {},
): Recording => ({
  target: {
    endpoint: endpointOf(id),
    transport,
    fields: { username: "o'hara", user_id: 'ana', room: 'lobby', task_id: 't1' },
    isGreeting: true,
  },
  credential: { token: TOKEN },
  token: TOKEN,
  sent: [`{"id":2,"publish":{"channel":"room:a","data":{"message":"it's \\"$HOME\\""}}}`],
  ...more,
});

const ALL = ENDPOINTS.flatMap((endpoint) =>
  transportsOf(endpoint).flatMap((transport) => [
    recording(endpoint.id, transport),
    recording(endpoint.id, transport, { credential: { ticket: 'single-use' } }),
    recording(endpoint.id, transport, { credential: {}, sent: [] }),
  ]),
);
const scripts = ALL.map((one) => scriptOf(one, ORIGIN));

const checkAll = (command: string, args: readonly string[], codes: readonly string[]): void => {
  for (const input of codes) execFileSync(command, args, { input, stdio: 'pipe' });
};

describe('a session as code', () => {
  test('never contains the token or the spent ticket, also where the visitor typed it', () => {
    const typed = recording('native', 'websocket', {
      sent: [`{"id":2,"refresh":{"token":"${TOKEN}"}}`],
    });
    for (const script of [...scripts, scriptOf(typed, ORIGIN)]) {
      for (const code of [curlCode(script), javaScriptCode(script), pythonCode(script)]) {
        expect(code).not.toContain(TOKEN);
        expect(code).not.toContain('single-use');
        expect(code).not.toMatch(/__TOKEN__|__TICKET__/);
      }
    }
  });

  test('in curl is a shell script without a fault', () => {
    checkAll('sh', ['-n'], scripts.map(curlCode));
  });

  test('in JavaScript is a module without a fault', () => {
    const codes = new Set(scripts.map(javaScriptCode));
    checkAll(process.execPath, ['--input-type=module', '--check'], [...codes].slice(0, 12));
  });

  test('in Python has no fault', () => {
    const sources = JSON.stringify(scripts.map(pythonCode));
    checkAll(
      'python3',
      ['-c', 'import ast, json, sys\nfor s in json.load(sys.stdin): ast.parse(s)'],
      [sources],
    );
  });

  test('says every frame, in the order it was said', () => {
    const script = scriptOf(
      recording('native', 'websocket', { sent: ['{"id":2}', '{"id":3}'] }),
      ORIGIN,
    );
    for (const code of [curlCode(script), javaScriptCode(script), pythonCode(script)]) {
      expect(code.indexOf('\\"id\\":2')).toBeGreaterThan(0);
      expect(code.indexOf('\\"id\\":3')).toBeGreaterThan(code.indexOf('\\"id\\":2'));
    }
  });

  test('in curl goes over HTTP where the session went over WebSocket, and says so', () => {
    const native = curlCode(scriptOf(recording('native', 'websocket'), ORIGIN));
    expect(native).toContain('# curl speaks no WebSocket');
    expect(native).toContain("'https://example.org/connection/http_stream'");
    const chat = curlCode(scriptOf(recording('chat', 'websocket'), ORIGIN));
    expect(chat).toContain('Upgrade: websocket');
  });

  test('a shell gets every character as it was written', () => {
    const script = scriptOf(recording('chat-name', 'websocket', { credential: {} }), ORIGIN);
    const shown = curlCode(script).replace(/^curl/m, 'printf "%s\\n"');
    const printed = execFileSync('sh', ['-c', shown], { encoding: 'utf8' });
    expect(printed).toContain("https://example.org/ws/chat/o'hara?room=lobby");
  });
});
