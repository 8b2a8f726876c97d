/** What the server prints when it is up: where to look, and in development what to try. */
import type { Config } from '../config/load-config.ts';
import { secretsOf } from '../roles/secrets.ts';
import { tokenSignerOf } from '../roles/tokens.ts';

const DEMO_USER = 'alice';
const DEMO_TOKEN_LIFETIME_SECONDS = 24 * 3600;

export async function bannerOf(config: Config, url: string): Promise<string> {
  const lines = ['', `Carillon is ready at ${url}`, '', ...placesOf(config, url)];
  const { isDevelopment, apiKeys } = secretsOf(config);
  const signer = tokenSignerOf(config);
  const [apiKey] = apiKeys;
  const hasApi = config.kind !== 'websocket' && config.kind !== 'worker';
  if (hasApi && isDevelopment && signer !== undefined && apiKey !== undefined) {
    const token = await signer.connectionToken({
      user: DEMO_USER,
      lifetimeSeconds: DEMO_TOKEN_LIFETIME_SECONDS,
    });
    lines.push(
      '',
      `Development only. A token for ${DEMO_USER} (24 h):`,
      '',
      `  ${token}`,
      '',
      `Try: notify ${DEMO_USER}, with ${url}/?user=${DEMO_USER} open`,
      '',
      `  export API_KEY=${apiKey}`,
      `  curl -X POST ${url}/api/v1/notifications \\`,
      `    -H "X-API-Key: $API_KEY" -H 'Content-Type: application/json' \\`,
      `    -d '{"users":["${DEMO_USER}"],"title":"Hello","content":"It works","type":"info"}'`,
    );
  }
  lines.push('');
  return lines.join('\n');
}

function placesOf({ kind }: Config, url: string): readonly string[] {
  const health = `  health       ${url}/health  ${url}/ready  ${url}/metrics`;
  if (kind === 'worker') return [health];
  if (kind === 'websocket') {
    const socketUrl = url.replace('http', 'ws');
    return [`  WebSocket    ${socketUrl}/connection/websocket  ${socketUrl}/ws/chat`, health];
  }
  return [
    `  messenger    ${url}/`,
    `  chat room    ${url}/chat`,
    `  console      ${url}/console`,
    `  playground   ${url}/playground`,
    `  API docs     ${url}/docs`,
    health,
  ];
}
