import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { DEFAULT_CORE_LIMITS } from '../core/limits.ts';
import { DEFAULT_DOMAIN_LIMITS, DEFAULT_RELAY_LIMITS } from '../domain/limits.ts';
import { DEFAULT_HTTP_SETTINGS } from '../http/http-deps.ts';
import { DEFAULT_CLIENT_SETTINGS } from '../procedures/client.ts';
import { DEFAULT_PLAIN_LIMITS } from '../protocols/plain/plain-limits.ts';
import { DEFAULT_SSE_LIMITS } from '../transports/sse/sse-limits.ts';
import { DEFAULT_WEBSOCKET_LIMITS } from '../transports/websocket/limits.ts';
import {
  clientSettingsOf,
  coreLimitsOf,
  domainLimitsOf,
  drainOptionsOf,
  httpSettingsOf,
  plainLimitsOf,
  relayLimitsOf,
  sseLimitsOf,
  webSocketLimitsOf,
} from './limits-of.ts';

const config = loadConfig({ env: {} });

describe('without any setting every part has its own defaults', () => {
  it.each([
    ['core', coreLimitsOf(config), DEFAULT_CORE_LIMITS],
    ['domain', domainLimitsOf(config), DEFAULT_DOMAIN_LIMITS],
    ['relay', relayLimitsOf(config), DEFAULT_RELAY_LIMITS],
    ['plain endpoints', plainLimitsOf(config), DEFAULT_PLAIN_LIMITS],
    ['event streams', sseLimitsOf(config), DEFAULT_SSE_LIMITS],
    ['WebSocket', webSocketLimitsOf(config), DEFAULT_WEBSOCKET_LIMITS],
    ['clients', clientSettingsOf(config), DEFAULT_CLIENT_SETTINGS],
    // An embedding program that says nothing gets the careful mode; a development server says so.
    ['HTTP', httpSettingsOf(config), { ...DEFAULT_HTTP_SETTINGS, isProduction: false }],
  ])('%s', (_part, limits, defaults) => {
    expect({ ...defaults, ...limits }).toEqual(defaults);
  });
});

describe('a setting reaches its part', () => {
  it('clients are told the timeouts and attempts of the operator', () => {
    const env = {
      WS_CONNECTION_TIMEOUT: '5s',
      WS_MAX_RECONNECT_ATTEMPTS: '3',
      WS_HEARTBEAT_INTERVAL: '45s',
    };
    expect(clientSettingsOf(loadConfig({ env }))).toMatchObject({
      connectionTimeoutMs: 5_000,
      maxReconnectAttempts: 3,
      heartbeatIntervalMs: 45_000,
    });
  });

  it('a rate is a burst and what flows back in a second', () => {
    const limits = plainLimitsOf(loadConfig({ env: { MESSAGE_RATE: '30/10s' } }));
    expect(limits.messageRate).toEqual({ burst: 30, perSecond: 3 });
  });
});

describe('settings that depend on each other', () => {
  it('a worker looks often for what others leave to it', () => {
    const worker = loadConfig({
      env: {
        SERVICE_ROLE: 'worker',
        DATABASE_URL: 'postgresql://db/carillon',
        REDIS_URL: 'redis://cache',
      },
    });
    expect(relayLimitsOf(worker)).toMatchObject({ pollIntervalMs: 1_000 });
    expect(relayLimitsOf(config)).not.toHaveProperty('pollIntervalMs');
  });

  it('a drain has a pace only where one is set', () => {
    expect(drainOptionsOf(config)).toEqual({ durationMs: 20_000 });
    const paced = loadConfig({ env: { DRAIN_RATE: '200', DRAIN_TIMEOUT: '1m' } });
    expect(drainOptionsOf(paced)).toEqual({ durationMs: 60_000, maxPerSecond: 200 });
  });
});
