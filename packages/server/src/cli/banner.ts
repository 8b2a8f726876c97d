/** What the server prints when it is up: where to look, and in development what to try. */
import { createTokenSigner } from '../adapters/auth-jwt/token-signer.ts';
import type { Config } from '../config/load-config.ts';
import { secretsOf } from '../roles/secrets.ts';

const DEMO_USER = 'alice';
const DEMO_TOKEN_TTL_MS = 24 * 3_600_000;

export async function bannerOf(config: Config, url: string): Promise<string> {
  const lines = [
    '',
    `Carillon is ready at ${url}`,
    '',
    `  start page   ${url}/`,
    `  chat         ${url}/chat`,
    `  API docs     ${url}/docs`,
    `  health       ${url}/health  ${url}/ready  ${url}/metrics`,
  ];
  const { isDevelopment, jwtSecret, apiKeys } = secretsOf(config);
  const [apiKey] = apiKeys;
  if (isDevelopment && jwtSecret !== undefined && apiKey !== undefined) {
    const { jwtAudience, jwtIssuer } = config.settings;
    const signer = createTokenSigner({
      secret: jwtSecret,
      ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
      ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
    });
    const token = await signer.sign({ sub: DEMO_USER }, { ttlMs: DEMO_TOKEN_TTL_MS });
    lines.push(
      '',
      `Development only. A token for ${DEMO_USER} (24 h):`,
      '',
      `  ${token}`,
      '',
      `Try: notify ${DEMO_USER}, with the start page open`,
      '',
      `  curl -X POST ${url}/api/v1/notifications \\`,
      `    -H 'X-API-Key: ${apiKey}' -H 'Content-Type: application/json' \\`,
      `    -d '{"users":["${DEMO_USER}"],"title":"Hello","content":"It works","type":"info"}'`,
    );
  }
  lines.push('');
  return lines.join('\n');
}
