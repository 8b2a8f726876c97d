/** Limits of the native protocol that are not the core's. */
export interface NativeLimits {
  /** Frames in a row with a command that cannot be understood; then close 3509. */
  readonly maxBadFrames: number;
  /** Characters of commands that wait for an earlier one of the same connection; beyond: close 3013. */
  readonly maxWaitingCharacters: number;
}

export const DEFAULT_NATIVE_LIMITS: NativeLimits = {
  maxBadFrames: 10,
  maxWaitingCharacters: 256 * 1024,
};
