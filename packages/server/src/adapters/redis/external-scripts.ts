/**
 * The Lua that gives each external publication to one node. A publication has no id, so it is known
 * by what it says and by how many times that was said lately: KEYS 1 is a hash for one user and
 * text, in which every node counts how often it heard it (`h:<node>`), `n` is how often somebody
 * took it, `t` when the last was taken, `o:<k>` who took the k-th, or `done`.
 */
import { defineScript } from './connection-script.ts';

/**
 * ARGV 1 node, 2 ttl ms, 3 a copy of the same publication comes at most so much later, ms.
 * Answers the number heard and who took that one ('' where it is not known): this node's own name
 * means that it must handle it. A node that hears something for the first time does not know how
 * many there were before: what was taken just now is held for the same publication.
 */
export const CLAIM = defineScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local field = 'h:' .. ARGV[1]
local taken = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
local heard = redis.call('HGET', KEYS[1], field)
if heard then heard = tonumber(heard) + 1
elseif taken > 0 and now - tonumber(redis.call('HGET', KEYS[1], 't')) <= tonumber(ARGV[3]) then heard = taken
else heard = taken + 1 end
redis.call('HSET', KEYS[1], field, heard)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if heard <= taken then return { heard, redis.call('HGET', KEYS[1], 'o:' .. heard) or '' } end
redis.call('HSET', KEYS[1], 'n', heard, 't', string.format('%.0f', now), 'o:' .. heard, ARGV[1])
return { heard, ARGV[1] }`);

/** ARGV 1 number, 2 node that died, 3 this node. Answers 1 when this node must handle it instead. */
export const TAKE_OVER = defineScript(`
if redis.call('HGET', KEYS[1], 'o:' .. ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'o:' .. ARGV[1], ARGV[3])
return 1`);

/** ARGV 1 number, 2 ttl ms. */
export const DONE = defineScript(`
redis.call('HSET', KEYS[1], 'o:' .. ARGV[1], 'done')
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);
