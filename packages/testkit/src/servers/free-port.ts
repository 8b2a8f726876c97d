/** Ports for servers that cannot be asked which one they took by themselves. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Any port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no free port');
  return port;
}

/** Taken together, so that they differ. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    probes.map(async (probe) => {
      probe.listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const address = probe.address();
      if (address === null || typeof address === 'string') throw new Error('no free port');
      return address.port;
    }),
  );
  await Promise.all(
    probes.map(async (probe) => {
      probe.close();
      await once(probe, 'close');
    }),
  );
  return ports;
}
