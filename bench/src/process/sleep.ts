/** Waiting for a length of time: only where time itself is what is measured. */
export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
