/** Every limit of uploads, with its default. Settings map onto the first four. */
export interface UploadLimits {
  /** Of one file. */
  readonly maxBytes: number;
  /** Media types that are taken. */
  readonly types: readonly string[];
  readonly linkTtlMs: number;
  /** What one user may upload in 24 hours. */
  readonly maxBytesPerDay: number;
  /** Counted beside the size of each file, so that many small ones are bounded too. */
  readonly bytesPerFile: number;
  /** Uploads of one user at the same time, in this process. */
  readonly parallelPerUser: number;
  readonly nameCharacters: number;
  /** A file that no message took by then is removed. */
  readonly unusedAfterMs: number;
  /** What was begun and not written to for so long belongs to nobody any more. */
  readonly unfinishedAfterMs: number;
  readonly sweepIntervalMs: number;
  /** Files of one batch, and batches of one sweep. */
  readonly sweepBatch: number;
  readonly sweepBatches: number;
}

const MINUTE_MS = 60_000;
const MB = 1024 ** 2;

export const DEFAULT_UPLOAD_LIMITS: UploadLimits = {
  maxBytes: 25 * MB,
  types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'text/plain', 'application/pdf'],
  linkTtlMs: 60 * MINUTE_MS,
  maxBytesPerDay: 500 * MB,
  bytesPerFile: 16 * 1024,
  parallelPerUser: 32,
  nameCharacters: 200,
  unusedAfterMs: 24 * 60 * MINUTE_MS,
  unfinishedAfterMs: 15 * MINUTE_MS,
  sweepIntervalMs: 10 * MINUTE_MS,
  sweepBatch: 100,
  sweepBatches: 50,
};
