/**
 * One case of RFC 6455: what the client sends and the frames it must get back, in order. The
 * server side is the public echo at /ws: a text comes back as `Echo: <text>`, binary as it was.
 */
import { OPCODES, type RawWebSocket } from '@carillon/testkit';

/** `close` a code, or several where the RFC leaves the choice; `end`: the connection ends without a close frame. */
export type Expected =
  | { readonly echo: string }
  | { readonly binary: Buffer }
  | { readonly pong: Buffer }
  | { readonly close: number | readonly number[] };

export interface ConformanceCase {
  /** The RFC's section. */
  readonly section: string;
  readonly rule: string;
  readonly send: (client: RawWebSocket) => void;
  readonly expected: readonly Expected[];
}

export const text = (client: RawWebSocket, payload: Buffer | string, isFinal = true): void =>
  client.send({ opcode: OPCODES.text, payload, isFinal });

export const more = (client: RawWebSocket, payload: Buffer | string, isFinal = true): void =>
  client.send({ opcode: OPCODES.continuation, payload, isFinal });

export const ping = (client: RawWebSocket, payload: Buffer | string = ''): void =>
  client.send({ opcode: OPCODES.ping, payload });

/** The next frame in the words of `Expected`, so that a failing case shows both side by side. */
export const observed = async (client: RawWebSocket): Promise<object> => {
  const frame = await client.frame();
  if (frame === undefined) return { ended: true };
  const { opcode, payload, isFinal, isMasked, reserved } = frame;
  if (!isFinal || isMasked || reserved !== 0) return { malformed: { isFinal, isMasked, reserved } };
  if (opcode === OPCODES.text) return { text: payload.toString() };
  if (opcode === OPCODES.binary) return { binary: payload };
  if (opcode === OPCODES.pong) return { pong: payload };
  if (opcode !== OPCODES.close) return { opcode };
  return { close: payload.length === 0 ? 1005 : payload.readUInt16BE(0) };
};
