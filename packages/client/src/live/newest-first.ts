/** By a time as the server writes it. */
export const newestFirst = <T>(items: Iterable<T>, timeOf: (item: T) => string): readonly T[] =>
  [...items].toSorted((a, b) => Number(timeOf(a) < timeOf(b)) - Number(timeOf(a) > timeOf(b)));
