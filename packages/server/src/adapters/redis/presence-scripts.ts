/**
 * The Lua of presence. Keys of a channel share its tag, so each script stays in one slot:
 *
 *   KEYS  1 nodes: SET of incarnations that have members here    2 users: HASH user → connections
 *   ARGV  1 prefix of `<prefix><incarnation>`: HASH connection id → JSON array, the user first
 *
 * `users` counts exactly what stands in the hashes of the nodes. A dead node's share is taken out
 * by the first reader who meets it (PURGE); until then the channel's keys keep it.
 */
import { defineScript } from './connection-script.ts';

/**
 * ARGV 2 incarnation, 3 ttl ms, then connection id, user, value of each. Answers how many
 * connections the first user has now; where more than this one, then the nodes they may be on.
 */
export const ADD_MEMBERS = defineScript(`
local own = ARGV[1] .. ARGV[2]
redis.call('SADD', KEYS[1], ARGV[2])
for index = 4, #ARGV, 3 do
  if redis.call('HSET', own, ARGV[index], ARGV[index + 2]) == 1 then
    redis.call('HINCRBY', KEYS[2], ARGV[index + 1], 1)
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('PEXPIRE', own, ARGV[3])
local count = tonumber(redis.call('HGET', KEYS[2], ARGV[5]) or '0')
if count <= 1 then return { count } end
return { count, unpack(redis.call('SMEMBERS', KEYS[1])) }`);

/** ARGV 2 incarnation, 3 connection id, 4 user. Answers as ADD does: what the user has left. */
export const REMOVE_MEMBER = defineScript(`
local own = ARGV[1] .. ARGV[2]
if redis.call('HDEL', own, ARGV[3]) == 1 then
  if redis.call('HINCRBY', KEYS[2], ARGV[4], -1) <= 0 then redis.call('HDEL', KEYS[2], ARGV[4]) end
  if redis.call('EXISTS', own) == 0 then redis.call('SREM', KEYS[1], ARGV[2]) end
end
local count = tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or '0')
if count <= 0 then return { 0 } end
return { count, unpack(redis.call('SMEMBERS', KEYS[1])) }`);

/** ARGV 2 user. */
export const COUNT_USER = defineScript(`
return tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or '0')`);

/** Answers users, then incarnation and its connections of each node. */
export const COUNT_MEMBERS = defineScript(`
local answer = { redis.call('HLEN', KEYS[2]) }
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  answer[#answer + 1] = node
  answer[#answer + 1] = redis.call('HLEN', ARGV[1] .. node)
end
return answer`);

/** Answers incarnation, then a flat list of its connection ids and values, of each node. */
export const LIST_MEMBERS = defineScript(`
local answer = {}
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  answer[#answer + 1] = node
  answer[#answer + 1] = redis.call('HGETALL', ARGV[1] .. node)
end
return answer`);

/** ARGV from 2: dead incarnations. Counted anew, since a hash of theirs may have expired already. */
export const PURGE_NODES = defineScript(`
for index = 2, #ARGV do
  redis.call('SREM', KEYS[1], ARGV[index])
  redis.call('UNLINK', ARGV[1] .. ARGV[index])
end
local counts = {}
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  for _, value in ipairs(redis.call('HVALS', ARGV[1] .. node)) do
    local user = cjson.decode(value)[1]
    counts[user] = (counts[user] or 0) + 1
  end
end
local ttl = redis.call('PTTL', KEYS[2])
redis.call('DEL', KEYS[2])
for user, count in pairs(counts) do redis.call('HSET', KEYS[2], user, count) end
if ttl > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
return 1`);

/** ARGV 2 incarnation, 3 ttl ms. */
export const KEEP_MEMBERS = defineScript(`
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return redis.call('PEXPIRE', ARGV[1] .. ARGV[2], ARGV[3])`);
