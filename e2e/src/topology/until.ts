/** Waits until nothing is wrong any more; says what still is when time is up. */
const LOOK_EVERY_MS = 50;

export async function until(
  what: string,
  withinMs: number,
  problem: () => string | undefined | Promise<string | undefined>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const wrong = await problem();
    if (wrong === undefined) return;
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}: ${wrong}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
