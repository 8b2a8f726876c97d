/**
 * What happens inside Redis, atomically. Per channel there are a hash `m` (epoch `e`, offset `o`,
 * server `r`), a stream `s` of bodies whose ids are the offsets, and one key per idempotency key.
 *
 * The hash names the server process that wrote it. A process that was started again, or a replica
 * that took over, may have lost the last moments, and would hand out offsets a second time under
 * the same epoch; so the first touch by another process begins a new epoch.
 */
import { defineScript } from './connection-script.ts';

const OPEN_STREAM = `
local function open(meta, stream, epoch, server)
  local found = redis.call('HMGET', meta, 'e', 'r', 'o')
  if found[1] and found[2] == server then return found[1], found[3] end
  redis.call('DEL', meta, stream)
  redis.call('HSET', meta, 'e', epoch, 'r', server, 'o', 0)
  return epoch, '0'
end
`;

/**
 * KEYS: meta, stream, [idempotency]. ARGV: body, PUBLISH or SPUBLISH, channel, history size,
 * history TTL, meta TTL, epoch for a new stream, server, [idempotency TTL]; all TTLs in ms.
 * Answers whether it is a duplicate, and the position ('' without history).
 */
export const PUBLISH_SCRIPT = defineScript(`${OPEN_STREAM}
local body, command, channel, size = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if KEYS[3] then
  local first = redis.call('GET', KEYS[3])
  if first then return {1, first} end
end
local position = ''
if size > 0 then
  local epoch = open(KEYS[1], KEYS[2], ARGV[7], ARGV[8])
  local offset = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'o', 1))
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
  redis.call('XADD', KEYS[2], 'MAXLEN', size, offset .. '-0', 'b', body)
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
  position = offset .. '@' .. epoch
end
if KEYS[3] then redis.call('SET', KEYS[3], position, 'PX', ARGV[9]) end
redis.call(command, channel, position .. ' ' .. body)
return {0, position}
`);

/**
 * KEYS: meta, stream. ARGV: epoch for a new stream, server, meta TTL, [XRANGE or XREVRANGE, from,
 * to, count or -1]. Answers epoch, offset and the entries.
 */
export const HISTORY_SCRIPT = defineScript(`${OPEN_STREAM}
local epoch, offset = open(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) / 2 then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
if not ARGV[4] then return {epoch, offset, {}} end
if ARGV[7] == '-1' then
  return {epoch, offset, redis.call(ARGV[4], KEYS[2], ARGV[5], ARGV[6])}
end
return {epoch, offset, redis.call(ARGV[4], KEYS[2], ARGV[5], ARGV[6], 'COUNT', ARGV[7])}
`);
