/** Rules that look at several settings at once. Adds to `problems`; answers the warnings. */
import { isSplitKind } from './application-kind.ts';
import { readCertificate } from './certificate.ts';
import { checkCluster } from './check-cluster.ts';
import { checkQueues } from './check-queues.ts';
import type { Draft } from './load-config.ts';

const MIN_SECRET_BYTES = 32;
const MIN_PASSWORD_CHARACTERS = 12;
const AVAILABLE_PROVIDERS = new Set(['logging', 'webhook']);

export function checkConfig(draft: Draft, problems: string[]): string[] {
  const warnings: string[] = [];
  checkIdentity(draft, problems, warnings);
  checkCluster(draft, problems, warnings);
  checkCertificate(draft, problems, warnings);
  checkPush(draft, problems);
  checkQueues(draft.settings, problems);
  const { chatPingInterval, chatIdleTimeout } = draft.settings;
  if (chatIdleTimeout <= chatPingInterval) {
    problems.push(
      `CHAT_IDLE_TIMEOUT: ${chatIdleTimeout}ms must be longer than CHAT_PING_INTERVAL (${chatPingInterval}ms)`,
    );
  }
  checkNamespaceNames(draft, problems);
  return warnings;
}

function checkIdentity(draft: Draft, problems: string[], warnings: string[]): void {
  const { settings, isProduction } = draft;
  if (isProduction && settings.insecure) {
    problems.push('INSECURE: not allowed with NODE_ENV=production; remove it');
  }
  const hasKey =
    settings.jwtSecret !== undefined ||
    settings.jwtPublicKey !== undefined ||
    settings.jwksUrl !== undefined;
  // A worker verifies no tokens; the other split kinds have a rule of their own.
  const needsKey = !hasKey && !isSplitKind(draft.kind);
  if (isProduction && needsKey) {
    problems.push(
      'JWT_SECRET: nothing says how tokens are verified; set JWT_SECRET (at least 32 random bytes), JWT_PUBLIC_KEY or JWKS_URL',
    );
  }
  checkSecretLength(draft, problems, warnings);
  checkPasswordLength(draft, problems, warnings);
  if (settings.jwksUrl !== undefined && !isGoodJwksUrl(settings.jwksUrl)) {
    problems.push('JWKS_URL: must be an https URL (http only on loopback)');
  }
  if (settings.jwksUrl !== undefined && settings.jwtPublicKey !== undefined) {
    problems.push(
      'JWT_PUBLIC_KEY and JWKS_URL exclude each other; keep the one your issuer offers',
    );
  }
  if (!isProduction && !draft.isLoopback && needsKey && !settings.insecure) {
    problems.push(
      `JWT_SECRET: HOST ${draft.host} can be reached from outside, so a generated development secret is not used; set JWT_SECRET`,
    );
  }
  if (settings.insecure) warnings.push('INSECURE is on: anybody may do everything');
  if (settings.allowedOrigins.includes('*')) {
    warnings.push('ALLOWED_ORIGINS is *: any web page may connect with its visitors’ tokens');
  }
}

function checkSecretLength(draft: Draft, problems: string[], warnings: string[]): void {
  const secret = draft.settings.jwtSecret;
  if (secret === undefined) return;
  const size = Buffer.byteLength(secret);
  if (size >= MIN_SECRET_BYTES) return;
  const message = `JWT_SECRET: ${size} bytes is too short to resist guessing; use at least ${MIN_SECRET_BYTES} random bytes (openssl rand -base64 48)`;
  (draft.isProduction ? problems : warnings).push(message);
}

function checkPasswordLength(draft: Draft, problems: string[], warnings: string[]): void {
  const { adminPassword } = draft.settings;
  if (adminPassword === undefined) return;
  const { length } = Array.from(adminPassword);
  if (length >= MIN_PASSWORD_CHARACTERS) return;
  const message = `ADMIN_PASSWORD: ${length} characters can be guessed; use at least ${MIN_PASSWORD_CHARACTERS}, or remove it`;
  (draft.isProduction ? problems : warnings).push(message);
}

function isGoodJwksUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback);
}

function checkCertificate({ settings }: Draft, problems: string[], warnings: string[]): void {
  const certificate = readCertificate(settings);
  if (certificate === undefined) return;
  if (!certificate.ok) problems.push(certificate.problem);
  else if (certificate.value.expiresAt < Date.now()) {
    warnings.push('TLS_CERT_PATH: the certificate has expired; clients will refuse it');
  }
}

function checkPush({ settings }: Draft, problems: string[]): void {
  for (const provider of settings.notificationProviders) {
    if (!AVAILABLE_PROVIDERS.has(provider)) {
      problems.push(
        `NOTIFICATION_PROVIDER: ${provider} is not in this version; use logging or webhook`,
      );
    }
  }
  if (!settings.notificationProviders.includes('webhook')) return;
  if (
    settings.webhookUrl === undefined ||
    !/^https?:\/\//.test(settings.webhookUrl) ||
    !URL.canParse(settings.webhookUrl)
  ) {
    problems.push(
      'PUSH_WEBHOOK_URL: NOTIFICATION_PROVIDER=webhook needs the http(s) URL to post to',
    );
  }
  if (settings.webhookSecret === undefined) {
    problems.push('PUSH_WEBHOOK_SECRET: NOTIFICATION_PROVIDER=webhook needs a secret to sign with');
  }
}

function checkNamespaceNames({ namespaces }: Draft, problems: string[]): void {
  const seen = new Set<string>();
  for (const { name } of namespaces) {
    if (seen.has(name))
      problems.push(`namespaces: "${name}" stands both in the file and in the options`);
    seen.add(name);
  }
}
