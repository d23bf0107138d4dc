/**
 * The order to fetch in: nearest to the position first, the direction of travel before the other one at the same
 * distance, at most `limit` images.
 */
export function prefetchOrder(position: number, count: number, direction: 1 | -1, limit: number): number[] {
  const order: number[] = [];
  for (let distance = 0; order.length < Math.min(limit, count) && distance < count; distance++) {
    for (const index of new Set([position + distance * direction, position - distance * direction])) {
      if (index >= 0 && index < count && order.length < limit) order.push(index);
    }
  }
  return order;
}
