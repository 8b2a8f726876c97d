/**
 * Which shard a key or a PUB/SUB channel belongs to. Only what stands between the first braces
 * counts, if anything does (Redis Cluster specification, "hash tags"), so that whatever carries the
 * same tag lives together, in a cluster as well as on several independent servers.
 */
const SLOTS = 16_384;

export function hashTag(name: string): string {
  const open = name.indexOf('{');
  if (open < 0) return name;
  const close = name.indexOf('}', open + 1);
  return close <= open + 1 ? name : name.slice(open + 1, close);
}

/** CRC16 (XMODEM) modulo 16384, as Redis Cluster computes it. */
export function slotOf(name: string): number {
  const bytes = Buffer.from(hashTag(name));
  let crc = 0;
  for (const byte of bytes) {
    crc = ((crc << 8) ^ (CRC_TABLE[((crc >> 8) ^ byte) & 0xff] ?? 0)) & 0xffff;
  }
  return crc % SLOTS;
}

/**
 * Spreads names over independent servers: the one with the highest score wins (rendezvous
 * hashing). With one server more only the names move that move to it, and the order in which the
 * servers are listed does not matter.
 */
export function createRendezvous(servers: readonly string[]): (name: string) => number {
  const seeds = servers.map((server) => fnv1a(server));
  return (name) => {
    const hash = fnv1a(hashTag(name));
    let best = 0;
    let bestScore = -1;
    for (let index = 0; index < seeds.length; index += 1) {
      const score = mix(hash ^ (seeds[index] ?? 0));
      if (score > bestScore) {
        best = index;
        bestScore = score;
      }
    }
    return best;
  };
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Last step of MurmurHash3: every bit of the input changes about half of the output. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
