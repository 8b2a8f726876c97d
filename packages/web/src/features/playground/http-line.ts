/**
 * A line over a streamed HTTP answer: lines of JSON, or server-sent events. What is sent goes to
 * `/emulation`, one request after the other, so that the order is kept. `fetch` and not EventSource:
 * it tells the status of a refusal and shows comments and ids as well.
 */
import { objectOf, parseObject, textOf } from '../../session/json-fields.ts';
import type { ConnectPlan } from './connect-plan.ts';
import type { Line, LineEvents } from './line.ts';
import { BLOCKS, blocksPerMessage, createSplitter, LINES, parseSseBlock } from './sse-block.ts';

interface Uplink {
  readonly session: string;
  readonly node: string;
}

export function openHttpLine(plan: ConnectPlan, events: LineEvents): Line {
  const aborter = new AbortController();
  let uplink: Uplink | undefined;
  let posting = Promise.resolve();

  const onText = (text: string): void => {
    uplink ??= uplinkOf(plan.transport === 'sse' ? (parseSseBlock(text).data ?? '') : text);
    events.onFrame(text);
  };

  const post = async (url: string, data: string, { session, node }: Uplink): Promise<void> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ session, node, data }),
        signal: aborter.signal,
      });
      if (!response.ok) events.onRefused(response.status, await response.text());
    } catch {
      if (!aborter.signal.aborted) events.onRefused(0, '');
    }
  };

  void read(plan, { ...events, onFrame: onText }, aborter.signal);
  return {
    send: (text) => {
      const { emulationUrl } = plan;
      const to = uplink;
      if (emulationUrl === undefined || to === undefined || aborter.signal.aborted) return false;
      posting = posting.then(() => post(emulationUrl, text, to));
      return true;
    },
    close: () => aborter.abort(),
  };
}

async function read(plan: ConnectPlan, events: LineEvents, signal: AbortSignal): Promise<void> {
  let isOpen = false;
  try {
    const accept = plan.transport === 'sse' ? { accept: 'text/event-stream' } : {};
    const response = await fetch(plan.url, {
      method: plan.method,
      headers: accept,
      cache: 'no-store',
      signal,
      ...(plan.body === undefined ? {} : { body: plan.body }),
    });
    if (!response.ok || response.body === null) {
      events.onEnd({ kind: 'http', status: response.status, body: await response.text() });
      return;
    }
    isOpen = true;
    events.onOpen();
    const split = createSplitter(plan.transport === 'sse' ? BLOCKS : LINES);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (const piece of split(value)) {
        const isShared = plan.transport === 'sse' && plan.endpoint.tokenIn === 'message';
        for (const text of isShared ? blocksPerMessage(piece) : [piece]) events.onFrame(text);
      }
    }
    events.onEnd({ kind: 'ended' });
  } catch {
    events.onEnd({ kind: isOpen || signal.aborted ? 'ended' : 'unreachable' });
  }
}

/** Where to post to stands in the answer to the connect command. */
function uplinkOf(text: string): Uplink | undefined {
  const connect = objectOf(parseObject(text) ?? {}, 'connect') ?? {};
  const session = textOf(connect, 'session');
  const node = textOf(connect, 'node');
  return session === undefined || node === undefined ? undefined : { session, node };
}
