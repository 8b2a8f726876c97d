/**
 * A subscriber as the SDKs behave, straight on a node's core: keeps its position, subscribes again
 * when it is told that it missed something. Writes down what it was given and checks, with every
 * line, that nothing was left out in silence.
 */
import type { StreamPosition } from '@carillon/protocol';
import type { Node } from '../../../packages/server/src/core/node.ts';
import type { SubscribeResult } from '../../../packages/server/src/ports/connection-handler.ts';
import type { WireFormat } from '../../../packages/server/src/ports/wire-format.ts';
import { createLineFormat } from '../../../packages/testkit/src/simulation/line-format.ts';

type Line =
  | { readonly type: 'unsubscribed' }
  | { readonly type: 'subscribed'; readonly result: SubscribeResult }
  | { readonly type?: undefined; readonly data: string; readonly offset?: number };

export interface Subscriber {
  readonly name: string;
  /** How far it has got; undefined before it was given a position. */
  readonly at: StreamPosition | undefined;
  /** What came with an offset, by position. */
  readonly seen: ReadonlyMap<string, string>;
  /** How often it was told that it missed something. */
  readonly resets: number;
  /** Came at once, without an offset, because Redis was away. */
  readonly early: number;
  readonly violations: readonly string[];
  onProgress(listener: () => void): void;
}

const FORMAT: WireFormat = createLineFormat();
const decoder = new TextDecoder();

export const show = ({ epoch, offset }: StreamPosition): string => `${epoch}/${offset}`;

export async function startSubscriber(
  node: Node,
  name: string,
  channel: string,
): Promise<Subscriber> {
  const seen = new Map<string, string>();
  const violations: string[] = [];
  let at: StreamPosition | undefined;
  let resets = -1;
  let early = 0;
  let progress = (): void => undefined;

  const see = (data: string, offset: number | undefined): void => {
    if (offset === undefined) {
      early += 1;
      return;
    }
    if (at === undefined) {
      violations.push(`${name}: offset ${offset} before any position`);
      return;
    }
    if (offset !== at.offset + 1) violations.push(`${name}: ${offset} after ${show(at)}`);
    at = { epoch: at.epoch, offset };
    seen.set(show(at), data);
  };
  const handle = (line: Line): void => {
    if (line.type === 'unsubscribed') void subscribe();
    else if (line.type === undefined) see(line.data, line.offset);
    else {
      const { position, hasRecovered, publications } = line.result;
      if (!hasRecovered) {
        resets += 1;
        at = position;
      }
      for (const each of publications) see(JSON.parse(each.data), each.offset);
    }
    progress();
  };
  const session = node.open({
    socket: {
      send(chunks) {
        const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
        for (const line of text.split('\n')) if (line !== '') handle(JSON.parse(line));
        return 'sent';
      },
      close: ({ code }) => void violations.push(`${name}: closed with ${code}`),
      terminate: () => undefined,
    },
    format: FORMAT,
    listener: {
      handleSubscribed: () => undefined,
      handleUnsubscribed: (own) => own.send(JSON.stringify({ type: 'unsubscribed' })),
      handleDisconnect: (_session, disconnect) => disconnect,
    },
    heartbeat: { intervalMs: 0, timeoutMs: 0, message: '{"type":"ping"}' },
    transport: 'websocket',
    protocol: 'native',
    deviceType: 'desktop',
    remoteAddress: '127.0.0.1',
  });
  // Replies go the way of all lines, so that their place among the publications is kept.
  const subscribe = async (): Promise<void> => {
    const outcome = await session.subscribe(channel, at === undefined ? {} : { recoverFrom: at });
    if (outcome.ok) session.send(JSON.stringify({ type: 'subscribed', result: outcome.value }));
    else violations.push(`${name}: subscribe was refused: ${outcome.error}`);
  };
  await session.authenticate({ user: name });
  await subscribe();
  return {
    name,
    seen,
    violations,
    get at() {
      return at;
    },
    get resets() {
      return resets;
    },
    get early() {
      return early;
    },
    onProgress: (listener) => void (progress = listener),
  };
}
