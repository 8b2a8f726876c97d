/** A session as JavaScript for Node 22 or newer and for the console of a browser. No dependency. */
import { isNative, partsOf } from './script.ts';
import type { Script } from './script.ts';

export function javaScriptCode(script: Script): string {
  const body = script.plan.transport === 'websocket' ? webSocketCode(script) : httpCode(script);
  return `${[...secrets(script), ...body].join('\n')}\n`;
}

function webSocketCode({ plan, sent }: Script): readonly string[] {
  const frames = [...(plan.firstMessage === undefined ? [] : [plan.firstMessage]), ...sent];
  return [
    `const socket = new WebSocket(${literal(plan.url)});`,
    'socket.onopen = () => {',
    ...frames.map((text) => `  socket.send(${literal(text)});`),
    '};',
    'socket.onmessage = ({ data }) => {',
    ...(isNative(plan)
      ? [
          `  for (const line of data.split('\\n')) {`,
          `    if (line === '{}') socket.send('{}'); // a ping wants a pong`,
          `    else console.log(line);`,
          '  }',
        ]
      : [
          ...(plan.endpoint.family === 'chat'
            ? [`  if (data === '{"type":"ping"}') socket.send('{"type":"pong"}');`]
            : []),
          '  console.log(data);',
        ]),
    '};',
    `socket.onclose = ({ code, reason }) => console.log('closed', code, reason);`,
  ];
}

function httpCode({ plan, sent }: Script): readonly string[] {
  const isSse = plan.transport === 'sse';
  const isTwoWay = plan.emulationUrl !== undefined;
  const init =
    plan.method === 'POST' ? `, { method: 'POST', body: ${literal(plan.body ?? '')} }` : '';
  return [
    `const response = await fetch(${literal(plan.url)}${init});`,
    `if (!response.ok) throw new Error(\`\${response.status} \${await response.text()}\`);`,
    ...(isTwoWay ? sayCode(plan.emulationUrl ?? '', sent) : []),
    `let rest = '';`,
    `for await (const text of response.body.pipeThrough(new TextDecoderStream())) {`,
    `  const lines = (rest + text).split('\\n');`,
    `  rest = lines.pop();`,
    `  for (const raw of lines) {`,
    ...(isSse && isTwoWay
      ? [`    if (!raw.startsWith('data: ')) continue;`, `    const line = raw.slice(6);`]
      : [`    const line = raw.trim();`]),
    ...(isTwoWay
      ? [
          `    if (line === '{}') await say('{}'); // a ping wants a pong`,
          `    else console.log(line);`,
          `    if (to === undefined && line.includes('"connect"')) {`,
          `      to = JSON.parse(line).connect;`,
          `      for (const frame of frames) await say(frame);`,
          `    }`,
        ]
      : [`    console.log(line);`]),
    `  }`,
    `}`,
  ];
}

const sayCode = (url: string, sent: readonly string[]): readonly string[] => [
  'const frames = [',
  ...sent.map((text) => `  ${literal(text)},`),
  '];',
  'let to;',
  'const say = (data) =>',
  `  fetch(${literal(url)}, {`,
  `    method: 'POST',`,
  `    headers: { 'content-type': 'application/json' },`,
  `    body: JSON.stringify({ session: to.session, node: to.node, data }),`,
  '  });',
];

const secrets = ({ needsToken, needsTicket, origin }: Script): readonly string[] => [
  ...(needsToken
    ? [`const TOKEN = globalThis.process?.env.TOKEN ?? 'put your access token here';`]
    : []),
  ...(needsTicket
    ? [
        `const bought = await fetch(${literal(`${origin}/api/v1/tickets`)}, {`,
        `  method: 'POST',`,
        `  headers: { authorization: \`Bearer \${TOKEN}\` },`,
        `});`,
        `const { ticket: TICKET } = await bought.json();`,
      ]
    : []),
];

/** A string of JavaScript (and of Python, whose escapes are the same here); marks become variables. */
export const literal = (text: string): string => {
  const parts = partsOf(text);
  if (parts.length === 0) return `""`;
  return parts.map((part) => ('mark' in part ? part.mark : JSON.stringify(part.text))).join(' + ');
};
