/** Every way into the server that a visitor can try: its path, what it needs, what can be said there. */

export type Transport = 'websocket' | 'http_stream' | 'sse';

/** How frames are read and which templates fit. */
export type Family = 'native' | 'uni' | 'echo' | 'chat' | 'notifications' | 'task' | 'stream';

export type FieldName = 'username' | 'room' | 'user_id' | 'task_id' | 'last_event_id';

export type EndpointId =
  | 'native'
  | 'uni'
  | 'echo'
  | 'chat'
  | 'chat-name'
  | 'chat-heartbeat'
  | 'user'
  | 'notifications'
  | 'task'
  | 'notification-stream';

export interface Endpoint {
  readonly id: EndpointId;
  readonly family: Family;
  /** By transport, the best first; `{x}` is filled in from the field of that name. */
  readonly paths: Readonly<Partial<Record<Transport, string>>>;
  /** Asked of the visitor; those that the path does not name go into the query. */
  readonly fields: readonly FieldName[];
  /** Whether the token goes into the first message or into the URL. */
  readonly tokenIn: 'message' | 'url';
  /** Raw text, JSON, or nothing at all can be sent. */
  readonly sends: 'text' | 'json' | 'nothing';
}

const chat = { family: 'chat', tokenIn: 'url', sends: 'json' } as const;

export const ENDPOINTS: readonly Endpoint[] = [
  {
    id: 'native',
    family: 'native',
    paths: {
      websocket: '/connection/websocket',
      http_stream: '/connection/http_stream',
      sse: '/connection/sse',
    },
    fields: [],
    tokenIn: 'message',
    sends: 'json',
  },
  {
    id: 'uni',
    family: 'uni',
    paths: { websocket: '/connection/uni_websocket', sse: '/connection/uni_sse' },
    fields: [],
    tokenIn: 'message',
    sends: 'nothing',
  },
  { id: 'chat', ...chat, paths: { websocket: '/ws/chat' }, fields: ['room'] },
  {
    id: 'chat-name',
    ...chat,
    paths: { websocket: '/ws/chat/{username}' },
    fields: ['username', 'room'],
  },
  {
    id: 'chat-heartbeat',
    ...chat,
    paths: { websocket: '/ws/chat/{username}/heartbeat' },
    fields: ['username', 'room'],
  },
  {
    id: 'notifications',
    family: 'notifications',
    paths: { websocket: '/api/ws/notifications' },
    fields: [],
    tokenIn: 'url',
    sends: 'json',
  },
  {
    id: 'task',
    family: 'task',
    paths: { websocket: '/api/ws/tasks/{task_id}' },
    fields: ['task_id'],
    tokenIn: 'url',
    sends: 'json',
  },
  {
    id: 'notification-stream',
    family: 'stream',
    paths: { sse: '/api/notifications/stream' },
    fields: ['last_event_id'],
    tokenIn: 'url',
    sends: 'nothing',
  },
  {
    id: 'echo',
    family: 'echo',
    paths: { websocket: '/ws' },
    fields: [],
    tokenIn: 'url',
    sends: 'text',
  },
  {
    id: 'user',
    family: 'echo',
    paths: { websocket: '/ws/{user_id}' },
    fields: ['user_id'],
    tokenIn: 'url',
    sends: 'text',
  },
];

const [FIRST] = ENDPOINTS;

export function endpointOf(id: string): Endpoint {
  const endpoint = ENDPOINTS.find((one) => one.id === id) ?? FIRST;
  if (endpoint === undefined) throw new Error('there are no endpoints');
  return endpoint;
}

const ORDER: readonly Transport[] = ['websocket', 'http_stream', 'sse'];

export const transportsOf = ({ paths }: Endpoint): readonly Transport[] =>
  ORDER.filter((transport) => paths[transport] !== undefined);
