/** Which addresses belong to the public internet. Everything else could be a door into our own network (SSRF). */
import ipaddr from 'ipaddr.js';

/** Global unicast as assigned so far (RFC 4291 §2.4); whatever lies outside is special or unassigned. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** IETF protocol assignments: benchmarking, ORCHID, Teredo and the like. */
const PROTOCOL_ASSIGNMENTS = ipaddr.IPv6.parseCIDR('2001::/23');

/** Documentation (RFC 3849, RFC 9637). */
const DOCUMENTATION = [ipaddr.IPv6.parseCIDR('2001:db8::/32'), ipaddr.IPv6.parseCIDR('3fff::/20')];

/** Public by number, but answered by the cloud a machine runs in: Azure's wire server. */
const METADATA = new Set(['168.63.129.16']);

/** False for anything that is not plainly a public unicast address, and for what is no address at all. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast' || METADATA.has(address.toString())) return false;
  if (address instanceof ipaddr.IPv4) return true;
  if (!address.match(GLOBAL_UNICAST) || address.match(PROTOCOL_ASSIGNMENTS)) return false;
  return !DOCUMENTATION.some((range) => address.match(range));
}
