/** A session as Python: the standard library for HTTP, the package `websockets` for WebSocket. */
import { literal } from './javascript.ts';
import { isNative } from './script.ts';
import type { Script } from './script.ts';

export function pythonCode(script: Script): string {
  const body = script.plan.transport === 'websocket' ? webSocketCode(script) : httpCode(script);
  return `${body.join('\n')}\n`;
}

function webSocketCode(script: Script): readonly string[] {
  const { plan, sent } = script;
  const frames = [...(plan.firstMessage === undefined ? [] : [plan.firstMessage]), ...sent];
  return [
    '# pip install websockets',
    ...(script.needsTicket ? ['import json'] : []),
    ...(script.needsToken ? ['import os'] : []),
    ...(script.needsTicket ? ['import urllib.request'] : []),
    'from websockets.sync.client import connect',
    '',
    ...secrets(script),
    `with connect(${literal(plan.url)}) as socket:`,
    ...frames.map((text) => `    socket.send(${literal(text)})`),
    '    for message in socket:',
    ...(isNative(plan)
      ? [
          '        for line in message.split("\\n"):',
          '            if line == "{}":',
          '                socket.send("{}")  # a ping wants a pong',
          '            else:',
          '                print(line, flush=True)',
        ]
      : [
          ...(plan.endpoint.family === 'chat'
            ? [
                `        if message == '{"type":"ping"}':`,
                `            socket.send('{"type":"pong"}')`,
              ]
            : []),
          '        print(message, flush=True)',
        ]),
  ];
}

function httpCode(script: Script): readonly string[] {
  const { plan, sent } = script;
  const isSse = plan.transport === 'sse';
  const isTwoWay = plan.emulationUrl !== undefined;
  const body = plan.method === 'POST' ? `, data=(${literal(plan.body ?? '')}).encode()` : '';
  return [
    ...(isTwoWay || script.needsTicket ? ['import json'] : []),
    ...(script.needsToken ? ['import os'] : []),
    'import urllib.request',
    '',
    ...secrets(script),
    `stream = urllib.request.urlopen(urllib.request.Request(${literal(plan.url)}${body}))`,
    ...(isTwoWay ? sayCode(plan.emulationUrl ?? '', sent) : []),
    'for raw in stream:',
    '    line = raw.decode().strip()',
    ...(isSse && isTwoWay
      ? ['    if not line.startswith("data: "):', '        continue', '    line = line[6:]']
      : []),
    ...(isTwoWay
      ? [
          '    if line == "{}":',
          '        say("{}")  # a ping wants a pong',
          '        continue',
          '    print(line, flush=True)',
          `    if to is None and '"connect"' in line:`,
          '        to = json.loads(line)["connect"]',
          '        for frame in frames:',
          '            say(frame)',
        ]
      : ['    print(line, flush=True)']),
  ];
}

const sayCode = (url: string, sent: readonly string[]): readonly string[] => [
  'frames = [',
  ...sent.map((text) => `    ${literal(text)},`),
  ']',
  'to = None',
  '',
  '',
  'def say(data):',
  '    body = json.dumps({"session": to["session"], "node": to["node"], "data": data}).encode()',
  '    headers = {"Content-Type": "application/json"}',
  `    urllib.request.urlopen(urllib.request.Request(${literal(url)}, body, headers)).close()`,
  '',
  '',
];

const secrets = ({ needsToken, needsTicket, origin }: Script): readonly string[] => [
  ...(needsToken ? ['TOKEN = os.environ["TOKEN"]'] : []),
  ...(needsTicket
    ? [
        'bought = urllib.request.Request(',
        `    ${literal(`${origin}/api/v1/tickets`)}, b"", {"Authorization": "Bearer " + TOKEN}`,
        ')',
        'TICKET = json.load(urllib.request.urlopen(bought))["ticket"]',
      ]
    : []),
];
