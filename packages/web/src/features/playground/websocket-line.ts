/** A line over the browser's WebSocket. Several native replies in one message come as one frame each. */
import type { ConnectPlan } from './connect-plan.ts';
import type { Line, LineEvents } from './line.ts';

const GOODBYE = 1000;

export function openWebSocketLine(plan: ConnectPlan, events: LineEvents): Line {
  const socket = new WebSocket(plan.url);
  socket.binaryType = 'arraybuffer';
  const isNative = plan.endpoint.family === 'native' || plan.endpoint.family === 'uni';
  socket.addEventListener('open', () => events.onOpen());
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') {
      for (const text of isNative ? data.split('\n') : [data]) {
        if (text !== '' || !isNative) events.onFrame(text);
      }
    } else if (data instanceof ArrayBuffer) {
      events.onFrame(hexOf(data), data.byteLength);
    }
  });
  socket.addEventListener('close', ({ code, reason }) => {
    events.onEnd({ kind: 'close', code, reason });
  });
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    close: () => socket.close(GOODBYE),
  };
}

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
