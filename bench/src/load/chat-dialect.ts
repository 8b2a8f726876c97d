/**
 * The native protocol as the people of P4 speak it. Acknowledgements and publications are told
 * apart by how a line begins; only what is neither is parsed, to keep the generator cheap.
 */
import type { Dialect, Heard, RpcReply } from './dialects.ts';

export const CONNECT_ID = 1;
const RPC_REPLY = /^\{"id":(\d+),"rpc":/;
const CHAT_PUBLICATION = /^\{"push":\{"channel":"chat:[^"]+","pub":/;

interface AnyReply {
  readonly id?: number;
  readonly error?: unknown;
}

export const chatDialect: Dialect = {
  path: () => '/connection/websocket',
  greet: ({ token }) => JSON.stringify({ id: CONNECT_ID, connect: { token } }),
  hear(text) {
    const replies: RpcReply[] = [];
    let publications = 0;
    let say: string | undefined;
    let isReady = false;
    for (const line of text.split('\n')) {
      const rpc = RPC_REPLY.exec(line);
      if (rpc !== null) replies.push({ id: Number(rpc[1]), line });
      else if (CHAT_PUBLICATION.test(line)) publications += line.includes('~') ? 1 : 0;
      else if (line === '{}') say = '{}';
      else if (!line.startsWith('{"push":')) {
        // Replies to connect and subscribe, and errors: few.
        const reply = JSON.parse(line) as AnyReply;
        if (reply.error !== undefined) return { refusal: line };
        if (reply.id === CONNECT_ID) isReady = true;
        else replies.push({ id: reply.id ?? 0, line });
      }
    }
    const heard: Heard = { isReady, replies, publications };
    return say === undefined ? heard : { ...heard, say };
  },
};
