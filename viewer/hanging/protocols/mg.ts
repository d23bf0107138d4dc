import type { HangingProtocol, Rule, Stage, TilePlan } from '../protocol.ts';

const isMg: Rule = { fact: 'modality', anyOf: ['MG'], isRequired: true };
const rows = (count: number, columns = 2) => ({ rows: count, columns });

/**
 * One view of one breast. The right breast hangs at the left with its chest wall to the right, and the other way round, so
 * that the chest walls meet.
 */
function breast(laterality: 'R' | 'L', view: 'CC' | 'MLO', study = 0): TilePlan {
  return {
    study,
    series: [
      isMg,
      { fact: 'laterality', anyOf: [laterality], isRequired: true },
      { fact: 'view', anyOf: [view], isRequired: true },
      // Raw images (FOR PROCESSING) are hung only where a view has no processed one; those without the attribute lie between.
      { fact: 'intent', anyOf: ['FOR PRESENTATION'], weight: 20 },
      { fact: 'intent', anyOf: ['FOR PROCESSING'], not: true, weight: 20 },
      { fact: 'imageType', anyOf: ['PRIMARY'], weight: 5 },
    ],
    chestWall: laterality === 'R' ? 'right' : 'left',
  };
}

const pair = (view: 'CC' | 'MLO', study = 0) => [breast('R', view, study), breast('L', view, study)];

/** A view of the current study beside the same of the prior: each keeps the side of its breast. */
const compared = (laterality: 'R' | 'L', view: 'CC' | 'MLO') => [
  breast(laterality, view),
  breast(laterality, view, 1),
];

const stages: readonly Stage[] = [
  // A single image is not hung among empty tiles: no stage fits it, and it is shown alone.
  { id: 'all', grid: rows(2), tiles: [...pair('CC'), ...pair('MLO')], needed: 3 },
  { id: 'cc', grid: rows(1), tiles: pair('CC'), needed: 2 },
  { id: 'mlo', grid: rows(1), tiles: pair('MLO'), needed: 2 },
  { id: 'right', grid: rows(1), tiles: [breast('R', 'CC'), breast('R', 'MLO')], needed: 2 },
  { id: 'left', grid: rows(1), tiles: [breast('L', 'CC'), breast('L', 'MLO')], needed: 2 },
  { id: 'ccPrior', grid: rows(2), tiles: [...pair('CC'), ...pair('CC', 1)], needed: 3 },
  { id: 'mloPrior', grid: rows(2), tiles: [...pair('MLO'), ...pair('MLO', 1)], needed: 3 },
  { id: 'rightPrior', grid: rows(2), tiles: [...compared('R', 'CC'), ...compared('R', 'MLO')], needed: 3 },
  { id: 'leftPrior', grid: rows(2), tiles: [...compared('L', 'CC'), ...compared('L', 'MLO')], needed: 3 },
];

export const mammography: readonly HangingProtocol[] = [
  {
    id: 'mg',
    study: [isMg, { fact: 'laterality', anyOf: ['R', 'L'], isRequired: true }],
    stages,
  },
];
