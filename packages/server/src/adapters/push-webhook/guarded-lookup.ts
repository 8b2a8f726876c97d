/**
 * Name resolution that only gives public addresses. The connection is made to the very addresses
 * that were checked, so a name that changes its mind in between (DNS rebinding) gains nothing.
 */
import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

export type ResolveAll = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const resolveBySystem: ResolveAll = (hostname, callback) => {
  lookup(hostname, { all: true, verbatim: true }, callback);
};

/** One private answer among public ones refuses the name: which is used is not ours to choose. */
export function createGuardedLookup(resolve: ResolveAll = resolveBySystem): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const refused = addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (refused !== undefined || first === undefined) {
        const found = refused?.address ?? 'no address';
        const message = `${hostname} resolves to ${found}, which is not public`;
        callback(new RefusedAddressError(message), []);
      } else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}
