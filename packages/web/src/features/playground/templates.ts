/** Frames to begin with, per protocol. Names are those of the protocol and are not translated. */
import type { Endpoint } from './endpoints.ts';

export interface TemplateContext {
  /** For native commands: one that was not used yet. */
  readonly nextId: number;
  readonly user: string;
  readonly nowMs: number;
}

export interface Template {
  readonly name: string;
  readonly make: (context: TemplateContext) => object | string;
}

const command = (name: string, body: (context: TemplateContext) => object): Template => ({
  name,
  make: (context) => ({ id: context.nextId, [name.split(' ')[0] ?? name]: body(context) }),
});

const rpc = (method: string, data: object): Template =>
  command(`rpc ${method}`, () => ({ method, data }));

const ROOM = 'room:lobby';

const NATIVE: readonly Template[] = [
  command('subscribe', () => ({ channel: ROOM, recoverable: true, join_leave: true })),
  command('publish', () => ({ channel: ROOM, data: { message: 'hello' } })),
  command('history', () => ({ channel: ROOM, limit: 10, reverse: true })),
  command('presence', () => ({ channel: ROOM })),
  command('presence_stats', () => ({ channel: ROOM })),
  command('unsubscribe', () => ({ channel: ROOM })),
  rpc('chat.list', {}),
  rpc('chat.create', { kind: 'group', title: 'Lunch', members: ['bob'] }),
  rpc('chat.send', { conversation_id: '', content: 'hello', clientId: 'p-1' }),
  rpc('chat.history', { conversation_id: '', limit: 20 }),
  rpc('inbox.list', { limit: 20 }),
  rpc('inbox.counts', {}),
  rpc('inbox.mark', { ids: 'all', mark: 'read' }),
  rpc('task.list', {}),
  command('connect', () => ({ token: '', name: 'playground' })),
  command('ping', () => ({})),
  { name: 'pong', make: () => ({}) },
];

const HEARTBEATS: readonly Template[] = [
  { name: 'ping', make: () => ({ type: 'ping' }) },
  { name: 'pong', make: () => ({ type: 'pong' }) },
  { name: 'heartbeat', make: ({ nowMs }) => ({ type: 'heartbeat', timestamp: nowMs }) },
];

const CHAT: readonly Template[] = [
  { name: 'message', make: () => ({ type: 'message', message: 'hello' }) },
  {
    name: 'private',
    make: ({ user }) => ({ type: 'message', message: 'psst', target_user: user }),
  },
  { name: 'status', make: () => ({ type: 'status' }) },
  ...HEARTBEATS,
];

const TEXT: readonly Template[] = [{ name: 'hello', make: () => 'hello' }];

export function templatesOf({ family, sends }: Endpoint): readonly Template[] {
  if (sends === 'nothing') return [];
  if (family === 'native') return NATIVE;
  if (family === 'chat') return CHAT;
  return family === 'echo' ? TEXT : HEARTBEATS;
}

export function templateText(template: Template, context: TemplateContext): string {
  const made = template.make(context);
  return typeof made === 'string' ? made : JSON.stringify(made, null, 2);
}
