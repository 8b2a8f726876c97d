import { createHash } from 'node:crypto';

/** What a command is made of. */
export type RedisArgument = string | Buffer;

/** A Lua script; all its keys must carry the same hash tag. Made once, at module level. */
export interface RedisScript {
  readonly source: string;
  readonly sha: string;
}

export function defineScript(source: string): RedisScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
