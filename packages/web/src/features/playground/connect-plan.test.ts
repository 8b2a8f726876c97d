import { describe, expect, test } from 'vitest';
import { missingField, planOf } from './connect-plan.ts';
import type { Target } from './connect-plan.ts';
import { endpointOf } from './endpoints.ts';
import type { EndpointId, Transport } from './endpoints.ts';

const ORIGIN = 'https://example.org';

const target = (id: EndpointId, transport: Transport, fields: Target['fields'] = {}): Target => ({
  endpoint: endpointOf(id),
  transport,
  fields,
  isGreeting: true,
});

describe('what is sent to connect', () => {
  test('native: the token goes into the connect command, whatever carries it', () => {
    const greeting = '{"id":1,"connect":{"token":"t","name":"playground"}}';
    expect(planOf(target('native', 'websocket'), ORIGIN, { token: 't' })).toMatchObject({
      url: 'wss://example.org/connection/websocket',
      firstMessage: greeting,
    });
    for (const transport of ['http_stream', 'sse'] as const) {
      expect(planOf(target('native', transport), ORIGIN, { token: 't' })).toMatchObject({
        url: `https://example.org/connection/${transport}`,
        method: 'POST',
        body: greeting,
        emulationUrl: 'https://example.org/emulation',
      });
    }
  });

  test('one way: the request stands alone, and nothing can be sent after it', () => {
    const plan = planOf(target('uni', 'sse'), ORIGIN, { token: 't' });
    expect(plan.body).toBe('{"token":"t","name":"playground"}');
    expect(plan.emulationUrl).toBeUndefined();
  });

  test('a ticket stands in the URL and the token then nowhere', () => {
    const plan = planOf(target('native', 'websocket'), ORIGIN, { ticket: 'k' });
    expect(plan.url).toBe('wss://example.org/connection/websocket?ticket=k');
    expect(plan.firstMessage).not.toContain('token');
  });

  test('names go into the path, whatever they contain; other fields into the query', () => {
    const fields = { username: '小 明/?', room: 'den' };
    expect(planOf(target('chat-name', 'websocket', fields), ORIGIN).url).toBe(
      'wss://example.org/ws/chat/%E5%B0%8F%20%E6%98%8E%2F%3F?room=den',
    );
    expect(missingField(target('chat-name', 'websocket', { room: 'den' }))).toBe('username');
    expect(missingField(target('chat', 'websocket'))).toBeUndefined();
  });

  test('the greeting can be left to the visitor; an endpoint without the transport takes its own', () => {
    const silent = { ...target('native', 'websocket'), isGreeting: false };
    expect(planOf(silent, ORIGIN).firstMessage).toBeUndefined();
    expect(planOf(target('echo', 'sse'), ORIGIN).url).toBe('wss://example.org/ws');
  });
});
