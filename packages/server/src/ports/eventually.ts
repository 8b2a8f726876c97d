/**
 * An answer that may be there already. Connecting and subscribing happen by the ten thousand after
 * a network cut; where nothing has to be waited for, not even a promise is made.
 */
export type Eventually<T> = T | Promise<T>;

/** Goes on with the value: at once, or when it is there. A rejection passes by, as with `then`. */
export function after<T, U>(
  value: Eventually<T>,
  next: (value: T) => Eventually<U>,
): Eventually<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All values, at once where all are there. */
export function all<T>(values: readonly Eventually<T>[]): Eventually<readonly T[]> {
  const settled: T[] = [];
  for (const value of values) {
    if (value instanceof Promise) {
      return Promise.all(values.map((each) => Promise.resolve(each)));
    }
    settled.push(value);
  }
  return settled;
}
