/** Where a connection comes from: for limits before authentication and for logs. */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** IPv4 in IPv6 clothing is written as IPv4, so that one peer has one name. */
const normalise = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/**
 * The peer's address; behind a trusted proxy the last of `X-Forwarded-For`, which is the one the
 * proxy itself saw and added. Earlier ones are the client's own claim.
 */
export const remoteAddressOf = (request: IncomingMessage, isProxyTrusted: boolean): string => {
  const peer = normalise(request.socket.remoteAddress ?? '');
  if (!isProxyTrusted) return peer;
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').at(-1);
  const address = forwarded?.trim() ?? '';
  return ipaddr.isValid(address) ? normalise(address) : peer;
};

export const isLoopback = (address: string): boolean =>
  address === '::1' || address.startsWith('127.');

/** One customer owns a whole IPv6 /64, so that is what is counted. */
export const rateKeyOf = (address: string): string => {
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(':');
};
