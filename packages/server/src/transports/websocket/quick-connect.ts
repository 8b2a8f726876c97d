/**
 * Quick connect: a handshake may carry the first frame in its list of subprotocols, so that a client
 * is connected after one round trip and the server answers with one write.
 *
 *   Sec-WebSocket-Protocol: carillon.v1, carillon.connect.<base64url of the first frame>
 *
 * A header, because browsers can set no other, and because URLs end up in logs. What stands in it is
 * the protocol's business, as with any frame.
 */
export const QUICK_SUBPROTOCOL = 'carillon.v1';

const OFFER = /(?:^|,)\s*carillon\.v1\s*(?:,|$)/;
const FRAME = /(?:^|,)\s*carillon\.connect\.([\w-]+)\s*(?:,|$)/;

/** @param offered the header. Undefined: it carries no frame. */
export const firstFrameOf = (offered: string | undefined): Buffer | undefined => {
  // Only what was offered may be selected.
  if (offered === undefined || !OFFER.test(offered)) return undefined;
  const encoded = FRAME.exec(offered)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url');
};
