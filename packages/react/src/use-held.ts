/** Things that have to be let go: opened when the component is there, released when it is not. */
import { useEffect, useState } from 'react';

interface Releasable {
  release(): void;
}

/**
 * What `open` gives, from after the first rendering on; undefined before, on the server, and for the
 * moment in which another `open` takes over.
 * @param open memoized; undefined: nothing to open
 */
export function useHeld<T extends Releasable>(open: (() => T) | undefined): T | undefined {
  const [held, setHeld] = useState<{ readonly by: () => T; readonly thing: T }>();
  useEffect(() => {
    if (open === undefined) return;
    const thing = open();
    setHeld({ by: open, thing });
    return () => thing.release();
  }, [open]);
  return held !== undefined && held.by === open ? held.thing : undefined;
}
