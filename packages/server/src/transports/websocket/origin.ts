/**
 * Which web pages may open a connection. A browser sends a page's origin with the handshake, and
 * the same-origin policy does not hold for WebSocket: without this check any page could use a
 * visitor's log-in (cross-site WebSocket hijacking).
 */

/**
 * @param allowed Exact origins; `*` allows all; empty: only pages from the host that was asked.
 *   Programs that are not browsers send no Origin and pass; `null` (a sandboxed frame, a file)
 *   passes only with `*`.
 */
export const isOriginAllowed = (
  origin: string | undefined,
  host: string | undefined,
  allowed: ReadonlySet<string>,
): boolean => {
  if (origin === undefined || allowed.has('*')) return true;
  if (origin === 'null') return false;
  if (allowed.size > 0) return allowed.has(origin);
  if (host === undefined || !URL.canParse(origin)) return false;
  const { host: originHost, protocol } = new URL(origin);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  const defaultPort = protocol === 'https:' ? ':443' : ':80';
  const asked = host.toLowerCase();
  return (
    isWeb &&
    originHost === (asked.endsWith(defaultPort) ? asked.slice(0, -defaultPort.length) : asked)
  );
};
