import { createNoiseField } from './random.ts';
import { ramp } from './shapes.ts';

/** How much a point sends back, 0 to 1, and how fast blood flows there, towards the transducer and away, 0 to 1. */
export interface Echo {
  readonly brightness: number;
  readonly towards: number;
  readonly away: number;
}

/** The heart at `phase` of its beat, 0 to 1: echoes by place, in mm to the right of and below the transducer. */
export type EchoScene = (phase: number) => (x: number, y: number) => Echo;

/**
 * A heart from its apex, four chambers: the left ones at the right of the screen. The ventricles shrink during the
 * first third of the beat, the atria fill meanwhile; then the valves open and blood runs towards the apex.
 */
export function createEchoScene(seed: number): EchoScene {
  const structure = createNoiseField(seed + 52, 9);
  return (phase) => {
    const squeeze = contraction(phase);
    const valvesOpen = ramp(0.38, 0.46, phase) * ramp(0.97, 0.9, phase);
    const inflow = ramp(0.4, 0.5, phase) * ramp(0.75, 0.6, phase);
    const ejection = ramp(0.02, 0.1, phase) * ramp(0.36, 0.26, phase);
    const ring = 88 - 9 * squeeze;
    const left = { x: 20, y: 54, rx: 22 - 7 * squeeze, ry: 37 - 7 * squeeze };
    const right = { x: -23, y: 60, rx: 15 - 4 * squeeze, ry: 30 - 6 * squeeze };
    const leftAtrium = { x: 20, y: 113 - 3 * squeeze, rx: 20 + 3 * squeeze, ry: 19 + 4 * squeeze };
    const rightAtrium = { x: -22, y: 112 - 3 * squeeze, rx: 18 + 3 * squeeze, ry: 18 + 4 * squeeze };
    return (x, y) => {
      const bright = 0.16 + 0.12 * structure(x, y, 0);
      const leaflet = Math.max(
        valve(x - 20, y - ring, 18, valvesOpen),
        valve(x + 22, y - ring - 3, 14, valvesOpen),
      );
      if (leaflet > 0) return echo(leaflet);
      const inLeft = inside(x, y, left);
      const chamber = Math.min(
        inLeft,
        inside(x, y, right),
        inside(x, y, leftAtrium),
        inside(x, y, rightAtrium),
      );
      if (chamber < 1) {
        const jet = Math.max(0, 1 - ((x - 20) / 11) ** 2) * ramp(22, 50, y) * ramp(122, 100, y);
        const lining = ramp(0.82, 1, chamber) * 0.22;
        return {
          brightness: 0.035 + lining,
          towards: jet * inflow,
          away: jet * ejection * ramp(ring - 2, ring - 12, y),
        };
      }
      const heart = inside(x, y, { x: -1, y: 76, rx: 56 - 3 * squeeze, ry: 66 - 2 * squeeze });
      if (heart < 1) return echo(chamber < 1.12 ? 0.62 : 0.42 + 0.25 * structure(x + 5 * squeeze, y, 7));
      if (heart < 1.06) return echo(0.85);
      return echo(Math.max(0.05, bright));
    };
  };
}

function contraction(phase: number): number {
  return ramp(0, 0.3, phase) * ramp(0.62, 0.36, phase);
}

function inside(x: number, y: number, e: { x: number; y: number; rx: number; ry: number }): number {
  return Math.sqrt(((x - e.x) / e.rx) ** 2 + ((y - e.y) / e.ry) ** 2);
}

/** Two leaflets hinged at the ring: closed they meet in the middle, open they point to the apex. */
function valve(x: number, y: number, halfWidth: number, open: number): number {
  const fromHinge = halfWidth - Math.abs(x);
  if (fromHinge < 0 || fromHinge > halfWidth) return 0;
  const slope = 0.25 + 1.9 * open;
  const reach = halfWidth * (1 - 0.55 * open);
  if (fromHinge > reach) return 0;
  return Math.abs(y + fromHinge * slope) < 1.3 + open ? 0.8 : 0;
}

function echo(brightness: number): Echo {
  return { brightness, towards: 0, away: 0 };
}
