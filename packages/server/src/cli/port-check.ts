import { createServer } from 'node:net';

/** Why the port cannot be opened, with the fix; undefined when it can. */
export function portProblem(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(describe(error, { port, host }));
    });
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

function describe(
  error: NodeJS.ErrnoException,
  { port, host }: { port: number; host: string },
): string {
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return `PORT: ${port} on ${host} is taken by another program; stop it or set PORT to a free one`;
    case 'EACCES':
      return `PORT: ${port} needs privileges; use one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST: ${host} is no address of this machine; use 127.0.0.1, 0.0.0.0 or one of its own`;
    default:
      return `PORT: cannot listen on ${host}:${port}: ${error.message}`;
  }
}
