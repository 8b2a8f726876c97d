/** Asks Sentinels who the master is. Each question is a connection of its own, made only while the master is being looked for. */
import { asError, openClient, RedisUnavailableError } from './connection-link.ts';
import { addressName, type RedisAddress, type RedisLimits } from './connection-options.ts';

export interface SentinelQuestion {
  readonly sentinels: readonly RedisAddress[];
  readonly masterName: string;
  readonly limits: RedisLimits;
}

/** Rejects when no Sentinel knows. */
export async function askSentinels(question: SentinelQuestion): Promise<RedisAddress> {
  const { sentinels, masterName, limits } = question;
  const reasons: string[] = [];
  for (const sentinel of sentinels) {
    try {
      const client = openClient(sentinel, { name: 'carillon-sentinel', limits });
      client.on('error', () => undefined);
      try {
        await client.connect();
        const answer = await client.sendCommand([
          'SENTINEL',
          'GET-MASTER-ADDR-BY-NAME',
          masterName,
        ]);
        if (Array.isArray(answer)) {
          const [host, port] = answer.map(String);
          if (host !== undefined) return { host, port: Number(port), isTls: false };
        }
        reasons.push(`${addressName(sentinel)} knows no master "${masterName}"`);
      } finally {
        client.destroy();
      }
    } catch (error) {
      reasons.push(`${addressName(sentinel)}: ${asError(error).message}`);
    }
  }
  throw new RedisUnavailableError(`no Sentinel answered: ${reasons.join('; ')}`);
}
