import type { HangingProtocol, Rule, Stage, TilePlan } from '../protocol.ts';

const isUltrasound: Rule = { fact: 'modality', anyOf: ['US', 'IVUS'], isRequired: true };
const clip: TilePlan = { series: [isUltrasound] };

const gridOf = (rows: number, columns: number): Stage => ({
  id: `${rows}x${columns}`,
  grid: { rows, columns },
  tiles: Array.from({ length: rows * columns }, () => clip),
  needed: Math.max(1, (rows - 1) * columns + 1),
  isCompact: true,
});

/** Clips and stills side by side, as many as there are; fewer and larger by the next stages. */
export const ultrasound: readonly HangingProtocol[] = [
  {
    id: 'ultrasound',
    study: [isUltrasound],
    stages: [gridOf(3, 3), gridOf(2, 2), gridOf(1, 2), gridOf(1, 1)],
  },
];
