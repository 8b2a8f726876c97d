/** WebSocket. What is sent before it is open leaves in one frame with the connect command. */
import { ABNORMAL_CLOSE, type OpenTransport } from './transport.ts';

const OPEN = 1;

export const openWebSocket: OpenTransport = (options) => {
  const { base, query, environment, onText, onClose } = options;
  const { WebSocket } = environment;
  if (!WebSocket) throw new TypeError('no WebSocket here');
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/websocket${query}`);
  let { first } = options;
  socket.onopen = () => socket.send(first);
  socket.onmessage = ({ data }) => onText(String(data));
  socket.onclose = ({ code, reason }) => onClose({ code: code || ABNORMAL_CLOSE, reason });
  return {
    send(text) {
      if (socket.readyState === OPEN) socket.send(text);
      else first += `\n${text}`;
    },
    welcome() {},
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
};
