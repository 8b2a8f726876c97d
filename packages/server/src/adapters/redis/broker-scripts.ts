/**
 * What happens inside Redis, atomically. Per channel there are a hash `m` (epoch `e`, offset `o`,
 * server `r`), a list `h` of bodies, and one key per idempotency key. The list's last body is the one
 * of the hash's offset, so every offset's place in it follows. A list and not a stream: a stream
 * takes 4 KB from its first entry on, and most channels keep few.
 *
 * The hash names the server process that wrote it. A process that was started again, or a replica
 * that took over, may have lost the last moments, and would hand out offsets a second time under
 * the same epoch; so the first touch by another process begins a new epoch.
 */
import { defineScript } from './connection-script.ts';

const OPEN = `
local function open(meta, history, epoch, server)
  local found = redis.call('HMGET', meta, 'e', 'r', 'o')
  if found[1] and found[2] == server then return found[1], found[3] end
  redis.call('DEL', meta, history)
  redis.call('HSET', meta, 'e', epoch, 'r', server, 'o', 0)
  return epoch, '0'
end
`;

/**
 * KEYS: meta, history, [idempotency]. ARGV: body, PUBLISH or SPUBLISH, channel, history size,
 * history TTL, meta TTL, epoch for a new history, server, [idempotency TTL]; all TTLs in ms.
 * Answers whether it is a duplicate, and the position ('' without history).
 */
export const PUBLISH_SCRIPT = defineScript(`${OPEN}
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
  if redis.call('RPUSH', KEYS[2], body) > size then redis.call('LTRIM', KEYS[2], -size, -1) end
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
  position = offset .. '@' .. epoch
end
if KEYS[3] then redis.call('SET', KEYS[3], position, 'PX', ARGV[9]) end
redis.call(command, channel, position .. ' ' .. body)
return {0, position}
`);

/**
 * KEYS: meta, history. ARGV: epoch for a new history, server, meta TTL, [which: after or before,
 * offset or '', limit or -1]. Answers epoch, offset, the offset of the first body, and the bodies
 * by rising offset; the latter two only if there are any.
 */
export const HISTORY_SCRIPT = defineScript(`${OPEN}
local epoch, offset = open(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) / 2 then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
if not ARGV[4] then return {epoch, offset} end
local top, since, limit = tonumber(offset), tonumber(ARGV[5]), tonumber(ARGV[6])
local from, to = top - redis.call('LLEN', KEYS[2]) + 1, top
if ARGV[4] == 'after' then
  if since then from = math.max(from, since + 1) end
  if limit >= 0 then to = math.min(to, from + limit - 1) end
else
  if since then to = math.min(to, since - 1) end
  if limit >= 0 then from = math.max(from, to - limit + 1) end
end
if from > to then return {epoch, offset} end
local bodies = redis.call('LRANGE', KEYS[2], from - top - 1, to - top - 1)
return {epoch, offset, string.format('%.0f', from), bodies}
`);
