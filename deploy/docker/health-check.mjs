// Is the process of this container alive? Readiness is another question, and not the container's.
const port =
  process.env.PORT ?? { websocket: 8001, worker: 8002 }[process.env.SERVICE_ROLE ?? ''] ?? 8000;
const scheme = process.env.TLS_CERT_PATH === undefined ? 'http' : 'https';
// The certificate is for the public name, this asks the loopback address.
if (scheme === 'https') process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const answer = await fetch(`${scheme}://127.0.0.1:${port}/health`).catch(() => undefined);
process.exit(answer?.ok === true ? 0 : 1);
