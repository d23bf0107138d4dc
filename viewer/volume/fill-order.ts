/**
 * The order in which the slices of a volume are fetched, so that the whole of it is seen early: first, middle and last, then
 * every eighth, fourth and second, then the rest. Indexes from 0.
 */
export function fillOrder(count: number): number[] {
  const order = new Set<number>();
  if (count === 0) return [];
  for (const index of [Math.floor(count / 2), 0, count - 1]) order.add(index);
  for (const stride of [8, 4, 2, 1]) {
    for (let index = 0; index < count; index += stride) order.add(index);
  }
  return [...order];
}
