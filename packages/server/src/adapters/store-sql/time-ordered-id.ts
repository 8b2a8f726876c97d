/** UUID version 7 (RFC 9562 §5.7): sorts by time, so that new rows go to the end of an index. */
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const ID_BYTES = 16;

/** Random bytes are drawn in bulk: one call to the system's generator for 256 ids. */
export function createTimeOrderedIds(): (now: number) => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let next = POOL_BYTES;
  return (now) => {
    if (next === POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    const bytes = pool.subarray(next, next + ID_BYTES);
    next += ID_BYTES;
    bytes.writeUIntBE(now, 0, 6);
    bytes[6] = 0x70 | (bytes.readUInt8(6) & 0x0f);
    bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
