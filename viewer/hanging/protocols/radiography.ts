import type { HangingProtocol, Rule, TilePlan } from '../protocol.ts';

const isRadiograph: Rule = { fact: 'modality', anyOf: ['CR', 'DX', 'RG'], isRequired: true };
const view = (...views: string[]): TilePlan => ({
  series: [isRadiograph, { fact: 'view', anyOf: views, isRequired: true }],
});
const any: TilePlan = { series: [isRadiograph] };

/** Frontal view at the left, lateral view at the right; whatever else there is fills a grid. */
export const radiography: readonly HangingProtocol[] = [
  {
    id: 'radiographs',
    study: [isRadiograph],
    stages: [
      {
        id: 'frontalAndLateral',
        grid: { rows: 1, columns: 2 },
        tiles: [view('PA', 'AP'), view('LAT', 'ML', 'LM')],
        needed: 2,
        isCompact: true,
      },
      { id: 'pair', grid: { rows: 1, columns: 2 }, tiles: [any, any], needed: 2, isCompact: true },
      { id: 'four', grid: { rows: 2, columns: 2 }, tiles: [any, any, any, any], needed: 3, isCompact: true },
      { id: 'one', grid: { rows: 1, columns: 1 }, tiles: [any] },
    ],
  },
];
