/**
 * Takes the item at `index` out of an unordered list in O(1): the last one takes its place.
 *
 * @returns the item that moved there, whose owner has to note it; undefined when none did
 */
export function swapRemove<T>(list: T[], index: number): T | undefined {
  const last = list.pop();
  if (last === undefined || index === list.length) return undefined;
  list[index] = last;
  return last;
}
