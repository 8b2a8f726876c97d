/** What the sides of a process (HTTP, WebSocket, background work) are made from. */
import { createJwtAuthenticator } from '../adapters/auth-jwt/jwt-authenticator.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { CredentialResolver } from '../ports/credentials.ts';
import type { ConsoleDeps } from '../procedures/console.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import { createDispatcher } from '../procedures/dispatcher.ts';
import { bindProcedures } from '../procedures/registry.ts';
import { createCredentialResolver } from '../protocols/credentials.ts';
import type { ApplicationContext } from './application.ts';
import { createConsole } from './console-of.ts';
import type { Core } from './core-of.ts';
import type { Exposure } from './exposure.ts';
import { createExposure } from './exposure.ts';
import { clientSettingsOf } from './limits-of.ts';
import type { Secrets } from './secrets.ts';
import { secretsOf } from './secrets.ts';

export interface Parts extends ApplicationContext {
  readonly core: Core;
  readonly secrets: Secrets;
  readonly exposure: Exposure;
  readonly authenticator: Authenticator;
  readonly credentials: CredentialResolver;
  readonly dispatcher: Dispatcher;
  readonly console: ConsoleDeps;
  /** Whether /ready says that nothing new should be sent here. */
  readonly isStopping: () => boolean;
}

export function createParts(
  context: ApplicationContext,
  core: Core,
  isStopping: () => boolean,
): Parts {
  const { config, logger } = context;
  const { node, domain, engine, random } = core;
  const { tickets } = engine;
  const secrets = secretsOf(config);
  const authenticator = authenticatorOf(context, secrets, core);
  const console = createConsole(context, core);
  return {
    ...context,
    core,
    secrets,
    exposure: createExposure(config, logger),
    authenticator,
    credentials: createCredentialResolver({ authenticator, tickets }),
    dispatcher: createDispatcher({
      bindings: bindProcedures({
        ...domain,
        registry: node,
        connectionAdmin: node,
        tickets,
        console,
        clientSettings: {
          ...clientSettingsOf(config),
          hasDemoLogin: secrets.isDevelopment,
        },
      }),
      logger,
      random,
    }),
    console,
    isStopping,
  };
}

/** Without any key (a worker) every token is refused. */
function authenticatorOf(
  { config, logger }: ApplicationContext,
  { jwtSecret }: Secrets,
  { clock }: Core,
): Authenticator {
  const { jwtPublicKey, jwksUrl, jwtAudience, jwtIssuer } = config.settings;
  return createJwtAuthenticator({
    ...(jwtSecret === undefined ? {} : { secret: jwtSecret }),
    ...(jwtPublicKey === undefined ? {} : { publicKey: jwtPublicKey }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
    clock,
    logger,
  });
}
