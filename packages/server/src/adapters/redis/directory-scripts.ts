/**
 * The Lua of the node registry and the directory. All keys carry the tag `{ws:online_users}`, so
 * that they share a slot with the literal set of that name and every change of it is atomic, in a
 * cluster too. Keys of single nodes are made inside the scripts, from the members of `nodes`: only
 * there is it known for certain who is alive, and they are in the same slot.
 *
 *   KEYS  1 nodes: ZSET incarnation → last heartbeat, ms    2 dead: ZSET incarnation → may be swept from, ms
 *         3 ws:online_users
 *   ARGV  1 prefix of the keys of single nodes
 *   <prefix>users:<incarnation>: HASH user → lines, one per connection   <prefix>conns:<incarnation>: HASH connection id → user
 */
import { defineScript } from './connection-script.ts';

/** Literal names, without prefix: other programs read them. */
export const ONLINE_USERS = 'ws:online_users';
export const PRESENCE_CHANNEL = 'ws:presence';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Guests, whose lines end in 1, and people without a name are connections, but not users. */
const USERS = `
local prefix = ARGV[1]
local function linesOf(node, user) return redis.call('HGET', prefix .. 'users:' .. node, user) end
local function usersIn(lines)
  local count = 0
  for guest in string.gmatch(lines or '', '([01])\\n') do
    if guest == '0' then count = count + 1 end
  end
  return count
end
local function tell(kind, user, count)
  redis.call('PUBLISH', '${PRESENCE_CHANNEL}', '{"type":"' .. kind .. '","user":' .. cjson.encode(user)
    .. ',"connections":' .. count .. ',"at":' .. string.format('%.0f', now) .. '}')
end
local function settle(user, live, isTold)
  local count = 0
  for _, node in ipairs(live) do count = count + usersIn(linesOf(node, user)) end
  if count == 0 then
    if redis.call('SREM', KEYS[3], user) == 1 then tell('offline', user, 0) end
  elseif redis.call('SADD', KEYS[3], user) == 1 or isTold then tell('online', user, count) end
end
`;

/** `keep`: how long what is a node's own outlives its last word. */
const OWN = `
local function lineUp(node, user, line, keep)
  redis.call('HSET', prefix .. 'users:' .. node, user, (linesOf(node, user) or '') .. line .. '\\n')
  if redis.call('HLEN', prefix .. 'conns:' .. node) == 1 then
    redis.call('PEXPIRE', prefix .. 'users:' .. node, keep)
    redis.call('PEXPIRE', prefix .. 'conns:' .. node, keep)
  end
end
local function expireOnline()
  if redis.call('PTTL', KEYS[3]) == -1 then
    redis.call('PEXPIRE', KEYS[3], redis.call('PTTL', KEYS[1]))
  end
end
`;

/** A node that has not been heard of for too long is dead from here on, whatever it says later. */
const BURY = `
local function bury(deadAfter, keep)
  for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - deadAfter))) do
    redis.call('ZREM', KEYS[1], node)
    redis.call('ZADD', KEYS[2], now, node)
    redis.call('PEXPIRE', prefix .. 'users:' .. node, keep)
    redis.call('PEXPIRE', prefix .. 'conns:' .. node, keep)
  end
end
local function lastFor(ttl, keep)
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('PEXPIRE', KEYS[3], ttl)
  redis.call('PEXPIRE', KEYS[2], keep)
end
`;

/**
 * ARGV 2 new incarnation, 3 the one it replaces or '', 4 its sweeping waits so long, 5 dead after,
 * 6 ttl of what is shared, 7 ttl of what is a node's own; all ms.
 */
export const REGISTER = defineScript(`${NOW}${USERS}${BURY}
bury(tonumber(ARGV[5]), ARGV[7])
if ARGV[3] ~= '' then
  redis.call('ZREM', KEYS[1], ARGV[3])
  redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[3])
end
redis.call('ZADD', KEYS[1], now, ARGV[2])
if redis.call('ZCARD', KEYS[1]) == 1 and redis.call('ZCARD', KEYS[2]) == 0 then
  redis.call('DEL', KEYS[3])
end
lastFor(ARGV[6], ARGV[7])
return redis.call('ZRANGE', KEYS[1], 0, -1)`);

/** ARGV 2 incarnation, 3 dead after, 4 and 5 as REGISTER's 6 and 7. Answers known?, live, to be swept. */
export const BEAT = defineScript(`${NOW}${USERS}${BURY}
local isKnown = redis.call('ZSCORE', KEYS[1], ARGV[2])
if isKnown then redis.call('ZADD', KEYS[1], now, ARGV[2]) end
bury(tonumber(ARGV[3]), ARGV[5])
lastFor(ARGV[4], ARGV[5])
redis.call('PEXPIRE', prefix .. 'users:' .. ARGV[2], ARGV[5])
redis.call('PEXPIRE', prefix .. 'conns:' .. ARGV[2], ARGV[5])
return { isKnown and 1 or 0,
  redis.call('ZRANGE', KEYS[1], 0, -1), redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now) }`);

/** ARGV 2 incarnation that has nothing more to say: it may be swept now. */
export const RETIRE = defineScript(`${NOW}
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[2])
return 1`);

/** ARGV 2 dead incarnation, 3 about how many users at once. Answers 1 while there is more. */
export const SWEEP = defineScript(`${NOW}${USERS}
if not redis.call('ZSCORE', KEYS[2], ARGV[2]) then return 0 end
local key = prefix .. 'users:' .. ARGV[2]
local live = redis.call('ZRANGE', KEYS[1], 0, -1)
local found = redis.call('HSCAN', key, '0', 'COUNT', ARGV[3])[2]
for index = 1, #found, 2 do
  redis.call('HDEL', key, found[index])
  settle(found[index], live, false)
end
if redis.call('EXISTS', key) == 1 then return 1 end
redis.call('UNLINK', prefix .. 'conns:' .. ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
return 0`);

/**
 * ARGV 2 incarnation, 3 user, 4 connection id, 5 its line, 6 limit, 7 reject or evict-oldest,
 * 8 nodes silent for so long are not counted, 9 ttl of what is a node's own. Answers -1 for an incarnation that
 * is not alive, 0 for refused, else the lines that must go.
 */
export const ENTER = defineScript(`${NOW}${USERS}${OWN}
local node, user, id, limit = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[6])
if not redis.call('ZSCORE', KEYS[1], node) then return -1 end
local live = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local evict, lines, online = {}, {}, 1
for index = 1, #live, 2 do
  local all = linesOf(live[index], user)
  if all then
    online = online + usersIn(all)
    if limit > 0 and tonumber(live[index + 1]) >= now - ARGV[8] then
      for line in string.gmatch(all, '([^\\n]+)\\n') do
        if string.sub(line, 1, #id + 1) ~= id .. '\\t' then lines[#lines + 1] = line end
      end
    end
  end
end
local excess = #lines + 1 - limit
if limit > 0 and excess > 0 then
  if ARGV[7] == 'reject' then return 0 end
  local function since(line) return tonumber(string.match(line, '^[^\\t]*\\t(%d+)')) or 0 end
  table.sort(lines, function(a, b)
    if since(a) == since(b) then return a < b end
    return since(a) < since(b)
  end)
  for index = 1, excess do evict[index] = lines[index] end
end
if redis.call('HSETNX', prefix .. 'conns:' .. node, id, user) == 1 then
  lineUp(node, user, ARGV[5], ARGV[9])
  if string.sub(ARGV[5], -1) == '0' then
    redis.call('SADD', KEYS[3], user)
    tell('online', user, online)
    expireOnline()
  end
end
return evict`);

/** ARGV 2 incarnation, 3 user, 4 connection id. */
export const LEAVE = defineScript(`${NOW}${USERS}
local node, user, id = ARGV[2], ARGV[3], ARGV[4]
redis.call('HDEL', prefix .. 'conns:' .. node, id)
local kept, isUser = {}, false
for line in string.gmatch(linesOf(node, user) or '', '([^\\n]+)\\n') do
  if string.sub(line, 1, #id + 1) ~= id .. '\\t' then kept[#kept + 1] = line .. '\\n'
  elseif string.sub(line, -1) == '0' then isUser = true end
end
if #kept == 0 then redis.call('HDEL', prefix .. 'users:' .. node, user)
else redis.call('HSET', prefix .. 'users:' .. node, user, table.concat(kept)) end
if isUser then settle(user, redis.call('ZRANGE', KEYS[1], 0, -1), true) end
return 1`);

/** ARGV 2 incarnation, 3 ttl of what is a node's own, then user, connection id, line of each. Answers 0 for an incarnation that is not alive. */
export const RESTORE = defineScript(`${NOW}${USERS}${OWN}
local node = ARGV[2]
if not redis.call('ZSCORE', KEYS[1], node) then return 0 end
for index = 4, #ARGV, 3 do
  local user, id, line = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  if redis.call('HSETNX', prefix .. 'conns:' .. node, id, user) == 1 then
    lineUp(node, user, line, ARGV[3])
    if string.sub(line, -1) == '0' and redis.call('SADD', KEYS[3], user) == 1 then
      -- Nobody else has entered this user, so all connections are among these.
      tell('online', user, usersIn(linesOf(node, user)))
    end
  end
end
expireOnline()
return 1`);

/** ARGV 2 user. Answers the lines on all live nodes. */
export const FIND_USER = defineScript(`
local found = {}
for index, node in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local lines = redis.call('HGET', ARGV[1] .. 'users:' .. node, ARGV[2])
  if lines then found[#found + 1] = lines end
end
return found`);

/** ARGV 2 connection id. Answers its user and that user's lines on the same node. */
export const FIND_CONNECTION = defineScript(`
for _, node in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local user = redis.call('HGET', ARGV[1] .. 'conns:' .. node, ARGV[2])
  if user then return { user, redis.call('HGET', ARGV[1] .. 'users:' .. node, user) or '' } end
end
return {}`);
