import type { Point } from '../viewport/surface.ts';

/** Half the side of the square around an anchor in which a line is looked for, in steps: what bounds the time it takes. */
const reach = 112;
const side = 2 * reach + 1;

/** What going along the strongest edge still costs, so that a detour is never free. */
const leastCost = 0.02;

type ValueAt = (point: Point) => number | readonly [number, number, number] | undefined;

function brightness(value: ReturnType<ValueAt>): number {
  if (value === undefined) return 0;
  return typeof value === 'number' ? value : 0.299 * value[0] + 0.587 * value[1] + 0.114 * value[2];
}

/** Strength of the edge at every place of the square (Sobel), 0 to 1. */
function edges(values: Float64Array): Float64Array {
  const found = new Float64Array(values.length);
  let strongest = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const value = (dx: number, dy: number) => values[at + dy * side + dx] ?? 0;
      const right = value(1, -1) + 2 * value(1, 0) + value(1, 1);
      const left = value(-1, -1) + 2 * value(-1, 0) + value(-1, 1);
      const below = value(-1, 1) + 2 * value(0, 1) + value(1, 1);
      const above = value(-1, -1) + 2 * value(0, -1) + value(1, -1);
      const strength = Math.hypot(right - left, below - above);
      found[at] = strength;
      if (strength > strongest) strongest = strength;
    }
  }
  return strongest > 0 ? found.map((strength) => strength / strongest) : found;
}

/** A queue of places by what it costs to reach them (binary heap). */
function makeQueue() {
  const places: number[] = [];
  const costs: number[] = [];
  const swap = (a: number, b: number) => {
    [places[a], places[b]] = [places[b] ?? 0, places[a] ?? 0];
    [costs[a], costs[b]] = [costs[b] ?? 0, costs[a] ?? 0];
  };
  const cost = (index: number) => costs[index] ?? Number.POSITIVE_INFINITY;
  return {
    push(place: number, itsCost: number) {
      places.push(place);
      costs.push(itsCost);
      for (let child = places.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (cost(parent) <= cost(child)) break;
        swap(parent, child);
        child = parent;
      }
    },
    pop(): readonly [place: number, cost: number] | undefined {
      const top = [places[0] ?? 0, costs[0] ?? 0] as const;
      if (places.length === 0) return undefined;
      swap(0, places.length - 1);
      places.pop();
      costs.pop();
      for (let parent = 0; ; ) {
        const left = 2 * parent + 1;
        const smaller = cost(left + 1) < cost(left) ? left + 1 : left;
        if (cost(smaller) >= cost(parent)) break;
        swap(parent, smaller);
        parent = smaller;
      }
      return top;
    },
  };
}

const neighbours = [-1, 0, 1].flatMap((dy) =>
  [-1, 0, 1].flatMap((dx) => (dx === 0 && dy === 0 ? [] : [{ dx, dy, length: Math.hypot(dx, dy) }])),
);

/** The cheapest way from the middle to every place: for each, the place before it (Dijkstra). */
function waysFromMiddle(strengths: Float64Array): Int32Array {
  const before = new Int32Array(side * side).fill(-1);
  const costs = new Float64Array(side * side).fill(Number.POSITIVE_INFINITY);
  const start = reach * side + reach;
  const queue = makeQueue();
  costs[start] = 0;
  queue.push(start, 0);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [place, cost] = next;
    if (cost > (costs[place] ?? 0)) continue;
    const [x, y] = [place % side, Math.floor(place / side)];
    for (const { dx, dy, length } of neighbours) {
      if (x + dx < 0 || y + dy < 0 || x + dx >= side || y + dy >= side) continue;
      const to = place + dy * side + dx;
      const total = cost + length * (leastCost + (1 - (strengths[to] ?? 0)) ** 2);
      if (total >= (costs[to] ?? 0)) continue;
      costs[to] = total;
      before[to] = place;
      queue.push(to, total);
    }
  }
  return before;
}

/**
 * A line that clings to edges: from an anchor to any place, along the strongest gradients. It is looked for in a square of
 * 225 steps around the anchor; to places beyond it goes on straight. `step` is the distance of the places that are looked
 * at, in units of the surface. The line begins with the anchor itself and ends with the place itself.
 */
export function livewireFrom(valueAt: ValueAt, anchor: Point, step: number): (to: Point) => Point[] {
  const place = (x: number, y: number): Point => ({
    x: anchor.x + (x - reach) * step,
    y: anchor.y + (y - reach) * step,
  });
  const values = new Float64Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) values[y * side + x] = brightness(valueAt(place(x, y)));
  }
  const before = waysFromMiddle(edges(values));
  const inside = (value: number) => Math.max(0, Math.min(side - 1, Math.round(value)));
  return (to) => {
    const end = inside((to.y - anchor.y) / step + reach) * side + inside((to.x - anchor.x) / step + reach);
    const way: Point[] = [];
    const isBeyond =
      Math.hypot(to.x - place(end % side, 0).x, to.y - place(0, Math.floor(end / side)).y) > step;
    // The last step is the place itself, which lies between the steps.
    for (
      let at = isBeyond ? end : (before[end] ?? -1);
      at >= 0 && (before[at] ?? -1) >= 0;
      at = before[at] ?? -1
    ) {
      way.push(place(at % side, Math.floor(at / side)));
    }
    return [anchor, ...way.reverse(), to];
  };
}
