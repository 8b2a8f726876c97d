/** What must not outlive the test's process, however it ends: one listener for all of it. */
const doomed = new Set<() => void>();

process.once('exit', () => {
  for (const kill of doomed) kill();
});

/** Returns how to take it back. */
export function atExit(kill: () => void): () => void {
  doomed.add(kill);
  return () => doomed.delete(kill);
}
