/**
 * `POST /emulation`: what a client of a stream says. It may come to any process; whose the session is
 * stands in the request. Answered when the frames have been handed over, so that a client that waits
 * for one answer before the next request keeps its order, wherever its requests land.
 */
import { fail, type Failure } from '@carillon/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { NodeRequest } from '../../ports/control-bus.ts';
import type { Peers } from '../../ports/peers.ts';
import type { ConnectGate } from '../connect-gate.ts';
import { acceptRawBodies, problemOf, refusePage } from './stream-transport.ts';

export interface EmulationRouteOptions {
  readonly peers: Peers;
  readonly gate: Pick<ConnectGate, 'origins'>;
  /** UTF-8 bytes of `data`. */
  readonly maxFrameBytes: number;
  readonly sendProblem: (reply: FastifyReply, failure: Failure, status?: number) => FastifyReply;
}

const EMULATION_PATH = '/emulation';

/** Handles and node names are ours: nothing else is worth a question to anybody. */
const NAME = /^[\w.-]{1,128}$/;
/** Characters of a JSON text may take twice their room as a string within JSON, and the names some more. */
const bodyLimitOf = (maxFrameBytes: number): number => 2 * maxFrameBytes + 1024;

interface Said {
  readonly node: string;
  readonly request: NodeRequest;
}

const parse = (body: unknown): Readonly<Record<string, unknown>> | undefined => {
  if (typeof body !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);

const read = (body: unknown): Said | undefined => {
  const { session, node, data } = parse(body) ?? {};
  if (!isName(session) || !isName(node) || typeof data !== 'string') return undefined;
  return { node, request: { type: 'emulation', session, data } };
};

const UNREADABLE = fail('bad_request', 'send {"session", "node", "data"} as JSON');

const answer = async (
  { peers, gate, maxFrameBytes, sendProblem }: EmulationRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const refusal = refusePage(request, gate);
  if (refusal !== undefined) return sendProblem(reply, problemOf(refusal), refusal.status);
  const said = read(request.body);
  if (said === undefined) return sendProblem(reply, UNREADABLE);
  if (Buffer.byteLength(said.request.data) > maxFrameBytes) {
    return sendProblem(reply, fail('too_long', `data is larger than ${maxFrameBytes} bytes`));
  }
  const answered = await peers.request(said.node, said.request);
  if (answered?.isDelivered === true) return reply.code(204).send();
  return sendProblem(reply, fail('not_found', 'no such session: connect again'));
};

export const registerEmulation = (app: FastifyInstance, options: EmulationRouteOptions): void => {
  void app.register(async (scope) => {
    acceptRawBodies(scope, bodyLimitOf(options.maxFrameBytes));
    scope.post(EMULATION_PATH, (request, reply) => answer(options, request, reply));
  });
};
