import type { HangingProtocol, TilePlan } from '../protocol.ts';

const any: TilePlan = { series: [] };

/** For everything that no other protocol knows: the first images in the order of the panel. */
export const fallback: readonly HangingProtocol[] = [
  {
    id: 'fallback',
    study: [],
    stages: [
      { id: 'one', grid: { rows: 1, columns: 1 }, tiles: [any] },
      { id: 'pair', grid: { rows: 1, columns: 2 }, tiles: [any, any], needed: 2, isCompact: true },
      { id: 'four', grid: { rows: 2, columns: 2 }, tiles: [any, any, any, any], needed: 3, isCompact: true },
    ],
  },
];
