/** Whether a request really comes from this machine: what development leaves open is open to no one else. */
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

const isLoopbackAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';

/**
 * The socket's own address counts, a forwarded request never does, and the Host has to be a local
 * name, so that a web page whose name was pointed at 127.0.0.1 gets nothing.
 */
export const isFromLoopback = (request: FastifyRequest): boolean =>
  isLoopbackAddress(request.raw.socket.remoteAddress ?? '') &&
  request.headers['x-forwarded-for'] === undefined &&
  request.headers.forwarded === undefined &&
  LOCAL_NAMES.has((request.headers.host ?? '').replace(/:\d+$/, ''));
