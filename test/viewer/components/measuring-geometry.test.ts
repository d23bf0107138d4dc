import { describe, expect, it } from 'vitest';
import {
  angleAt,
  closedSpline,
  distance,
  isSelfCrossing,
  lineAngle,
  pathLength,
  type Region,
  regionArea,
  regionPerimeter,
  snapAngle,
  snapSquare,
} from '../../../viewer/measuring/geometry.ts';
import { livewireFrom } from '../../../viewer/measuring/livewire.ts';
import {
  handlesOf,
  moveHandle,
  ordered,
  pointsFromPlaces,
  regionOfShape,
} from '../../../viewer/measuring/shapes.ts';
import { spansWithin, statisticsOf } from '../../../viewer/measuring/statistics.ts';
import type { Point } from '../../../viewer/viewport/surface.ts';

const plain = { x: 1, y: 1 };
/** Columns 0.5 mm, rows 1 mm apart. */
const oblong = { x: 0.5, y: 1 };
const points = (...pairs: [number, number][]): Point[] => pairs.map(([x, y]) => ({ x, y }));
const at = (x: number, y: number): Point => ({ x, y });

describe('lengths', () => {
  it('count columns and rows by their own spacing', () => {
    expect(distance(at(0, 0), at(6, 4), plain)).toBeCloseTo(Math.sqrt(52), 12);
    // 6 columns of 0.5 mm and 4 rows of 1 mm: 3, 4, 5.
    expect(distance(at(0, 0), at(6, 4), oblong)).toBe(5);
    expect(pathLength(points([0, 0], [6, 4], [6, 8]), false, oblong)).toBe(9);
    expect(pathLength(points([0, 0], [6, 4], [6, 8]), true, oblong)).toBeCloseTo(9 + Math.hypot(3, 8), 12);
  });
});

describe('angles', () => {
  it('are those in mm, not those of pixels', () => {
    expect(angleAt(at(0, 0), at(10, 0), at(0, 10), oblong)).toBeCloseTo(90, 12);
    // 10 columns are 5 mm, 5 rows 5 mm.
    expect(angleAt(at(0, 0), at(10, 0), at(10, 5), oblong)).toBeCloseTo(45, 12);
    expect(angleAt(at(0, 0), at(10, 0), at(-10, 0), plain)).toBeCloseTo(180, 12);
  });

  it('of two lines do not depend on how they were drawn (Cobb)', () => {
    const [a, b, c, d] = [
      at(0, 0),
      at(100, 0),
      at(0, 50),
      at(100, 50 + 100 * Math.tan((20 * Math.PI) / 180)),
    ];
    expect(lineAngle([a, b], [c, d], plain)).toBeCloseTo(20, 10);
    expect(lineAngle([b, a], [c, d], plain)).toBeCloseTo(20, 10);
    expect(lineAngle([a, b], [d, c], plain)).toBeCloseTo(20, 10);
  });
});

describe('areas and perimeters', () => {
  const triangle: Region = { kind: 'polygon', points: points([0, 0], [8, 0], [0, 3]) };
  const ellipse = (a: number, b: number): Region => ({
    kind: 'ellipse',
    center: at(3, 4),
    u: at(a, 0),
    v: at(0, b),
  });

  it('of polygons', () => {
    expect(regionArea(triangle, plain)).toBe(12);
    expect(regionArea(triangle, oblong)).toBe(6);
    expect(regionPerimeter(triangle, oblong)).toBe(4 + 3 + 5);
  });

  it('of ellipses, as tables have them', () => {
    expect(regionArea(ellipse(3, 2), plain)).toBeCloseTo(6 * Math.PI, 12);
    expect(regionPerimeter(ellipse(5, 5), plain)).toBeCloseTo(10 * Math.PI, 12);
    // 4 a E(e): a = 2, b = 1, E(sqrt(0.75)) = 1.2110560275684594 (Abramowitz and Stegun, table 17.1).
    expect(regionPerimeter(ellipse(2, 1), plain)).toBeCloseTo(8 * 1.2110560275684594, 9);
    // The same one lying the other way, with columns of half the height.
    expect(regionPerimeter(ellipse(2, 2), oblong)).toBeCloseTo(8 * 1.2110560275684594, 9);
    expect(regionPerimeter(ellipse(7, 0), plain)).toBeCloseTo(28, 12);
  });

  it('know outlines that cross themselves', () => {
    expect(isSelfCrossing(points([0, 0], [4, 4], [4, 0], [0, 4]))).toBe(true);
    expect(isSelfCrossing(points([0, 0], [4, 0], [4, 4], [0, 4]))).toBe(false);
  });
});

describe('pixels within a shape', () => {
  const count = (region: Region) =>
    spansWithin(region).reduce((sum, { first, last }) => sum + last - first + 1, 0);

  it('are those whose centres lie within; shapes beside each other share none', () => {
    expect(
      count({ kind: 'polygon', points: points([9.5, 9.5], [14.5, 9.5], [14.5, 12.5], [9.5, 12.5]) }),
    ).toBe(15);
    const left = points([0, 0], [5, 0], [5, 5], [0, 5]);
    const right = points([5, 0], [10, 0], [10, 5], [5, 5]);
    expect(count({ kind: 'polygon', points: left })).toBe(25);
    expect(count({ kind: 'polygon', points: right })).toBe(25);
    expect(count({ kind: 'polygon', points: points([0, 0], [10, 0], [10, 5], [0, 5]) })).toBe(50);
  });

  it('are found as by looking at each', () => {
    const outline = points([3.2, 2.7], [20.4, 5.1], [17.3, 18.8], [9.9, 9.4], [1.1, 16.2]);
    const isWithin = (x: number, y: number) => {
      let turn = 0;
      for (const [index, a] of outline.entries()) {
        const b = outline[(index + 1) % outline.length] ?? a;
        const [ax, ay, bx, by] = [a.x - x, a.y - y, b.x - x, b.y - y];
        turn += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
      }
      return Math.abs(turn) > Math.PI;
    };
    const found = new Set(
      spansWithin({ kind: 'polygon', points: outline }).flatMap(({ row, first, last }) =>
        Array.from({ length: last - first + 1 }, (_, index) => `${first + index},${row}`),
      ),
    );
    const wanted = new Set<string>();
    for (let y = 0; y < 25; y++) for (let x = 0; x < 25; x++) if (isWithin(x, y)) wanted.add(`${x},${y}`);
    expect(wanted.size).toBeGreaterThan(100);
    expect(found).toEqual(wanted);
  });

  it('of a turned ellipse likewise', () => {
    const [cos, sin] = [Math.cos(0.5), Math.sin(0.5)];
    const region: Region = {
      kind: 'ellipse',
      center: at(12.3, 11.8),
      u: at(9 * cos, 9 * sin),
      v: at(-4 * sin, 4 * cos),
    };
    let wanted = 0;
    for (let y = 0; y < 30; y++) {
      for (let x = 0; x < 30; x++) {
        const [dx, dy] = [x - 12.3, y - 11.8];
        if (((dx * cos + dy * sin) / 9) ** 2 + ((dy * cos - dx * sin) / 4) ** 2 <= 1) wanted++;
      }
    }
    expect(count(region)).toBe(wanted);
    expect(wanted).toBeGreaterThan(100);
  });

  it('give statistics of the population, far from zero too', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    const spans = [{ row: 0, first: 0, last: 7 }];
    // The textbook example: mean 5, standard deviation 2.
    expect(statisticsOf(spans, (column) => values[column])).toEqual({
      mean: 5,
      standardDeviation: 2,
      minimum: 2,
      maximum: 9,
      pixelCount: 8,
    });
    expect(statisticsOf(spans, (column) => (values[column] ?? 0) + 1e9)?.standardDeviation).toBeCloseTo(2, 6);
    expect(statisticsOf(spans, () => undefined)).toBeUndefined();
    expect(statisticsOf(spans, (column) => (column < 2 ? undefined : values[column]))?.pixelCount).toBe(6);
  });
});

describe('shapes', () => {
  it('of a circle are round in mm', () => {
    const region = regionOfShape(
      { tool: 'circle', points: points([10, 10], [16, 14]), isClosed: false },
      oblong,
    );
    expect(region).toEqual({ kind: 'ellipse', center: at(10, 10), u: at(10, 0), v: at(0, 5) });
  });

  it('of two diameters: the short one at a right angle, the long one first', () => {
    const [a, b, c, d] = pointsFromPlaces('bidirectional', points([0, 0], [20, 0], [8, 3]), plain);
    expect([a, b]).toEqual(points([0, 0], [20, 0]));
    expect([c, d].map((point) => point?.x)).toEqual([8, 8]);
    expect([c, d].map((point) => Math.abs(point?.y ?? 0))).toEqual([3, 3]);
    const long = ordered('bidirectional', points([0, 0], [4, 0], [2, -5], [2, 5]), plain);
    expect(long.slice(0, 2)).toEqual(points([2, -5], [2, 5]));
  });

  it('of two diameters keep their right angle whatever is moved', () => {
    const points = pointsFromPlaces('bidirectional', [at(0, 0), at(20, 0), at(8, 3)], oblong);
    for (const index of [0, 1, 2, 3]) {
      const moved = moveHandle(
        { tool: 'bidirectional', points, isClosed: false },
        index,
        at(14, 9),
        oblong,
      ).points;
      const [a = at(0, 0), b = at(0, 0), c = at(0, 0), d = at(0, 0)] = moved;
      expect(angleAt(at(0, 0), at(b.x - a.x, b.y - a.y), at(d.x - c.x, d.y - c.y), oblong)).toBeCloseTo(
        90,
        9,
      );
    }
  });

  it('of turned rectangles keep their directions when a corner is moved', () => {
    const turned = points([0, 0], [4, 4], [2, 6], [-2, 2]);
    const { points: moved } = moveHandle(
      { tool: 'rectangle', points: turned, isClosed: true },
      2,
      at(3, 9),
      plain,
    );
    expect(moved[0]).toEqual(at(0, 0));
    const [, b = at(0, 0), , d = at(0, 0)] = moved;
    expect(b.x).toBeCloseTo(b.y, 12);
    expect(d.x).toBeCloseTo(-d.y, 12);
    expect([b.x + d.x, b.y + d.y]).toEqual([3, 9]);
  });

  it('are held to 45° and to squares, in mm', () => {
    const snapped = snapAngle(at(0, 0), at(20, 1), oblong);
    expect(snapped.y).toBeCloseTo(0, 12);
    expect(snapped.x).toBeCloseTo(20, 12);
    const diagonal = snapAngle(at(0, 0), at(20, 9), oblong);
    expect(diagonal.x * 0.5).toBeCloseTo(diagonal.y, 12);
    expect(snapSquare(at(0, 0), at(-20, 4), oblong)).toEqual(at(-20, 10));
  });

  it('read with very many points have no handles', () => {
    const line = Array.from({ length: 500 }, (_, index) => at(index, 0));
    expect(handlesOf({ tool: 'freehand', points: line, isClosed: true })).toEqual([]);
    expect(
      handlesOf({ tool: 'spline', points: line, isClosed: true, handles: line.slice(0, 4) }),
    ).toHaveLength(4);
  });

  it('of a spline go through the places that were set', () => {
    const places = points([0, 0], [10, 0], [10, 10], [0, 10]);
    const curve = closedSpline(places);
    for (const place of places) {
      expect(Math.min(...curve.map((point) => distance(point, place, plain)))).toBeLessThan(1e-9);
    }
    // Rounder than the square through them, within the circle around them.
    const area = regionArea({ kind: 'polygon', points: curve }, plain);
    expect(area).toBeGreaterThan(100);
    expect(area).toBeLessThan(50 * Math.PI);
  });
});

describe('the livewire', () => {
  it('follows an edge around a bend, where a straight line would cut across', () => {
    // Bright inside a circle of 30 pixels around (60, 60): the edge is the circle.
    const valueAt = ({ x, y }: Point) => (Math.hypot(x - 60, y - 60) < 30 ? 1000 : 0);
    const line = livewireFrom(valueAt, at(30, 60), 1)(at(60, 30));
    expect(line[0]).toEqual(at(30, 60));
    expect(line.at(-1)).toEqual(at(60, 30));
    expect(line.length).toBeGreaterThan(20);
    for (const point of line) expect(Math.abs(Math.hypot(point.x - 60, point.y - 60) - 30)).toBeLessThan(2.5);
  });

  it('goes straight on beyond where it looks, and ends in bounded time', () => {
    const line = livewireFrom(() => 0, at(500, 500), 1)(at(900, 500));
    expect(line.at(-1)).toEqual(at(900, 500));
    expect(line.at(-2)?.x).toBeCloseTo(612, 0);
  });
});
