import type { HangingProtocol, Rule, TilePlan } from '../protocol.ts';

const modality = (...names: string[]): Rule => ({ fact: 'modality', anyOf: names, isRequired: true });
const axial: Rule = { fact: 'orientation', anyOf: ['axial'], weight: 20 };
const several: Rule = { fact: 'imageCount', atLeast: 10, weight: 20 };

const ct: TilePlan = { series: [modality('CT'), axial, several], start: 'middle' };
/** Corrected for attenuation before uncorrected: its values are the ones that mean something. */
const pet: TilePlan = {
  series: [
    modality('PT'),
    axial,
    several,
    { fact: 'seriesDescription', words: ['nac', 'uncorrected', 'non'], not: true, weight: 15 },
  ],
  start: 'middle',
};
const nuclear: TilePlan = { series: [modality('NM', 'PT')] };

/** PET is read as dark spots on white by most; the second stage shows it so. */
export const nuclearMedicine: readonly HangingProtocol[] = [
  {
    id: 'petCt',
    study: [
      { ...modality('PT'), weight: 20 },
      { ...modality('CT'), weight: 20 },
    ],
    stages: [
      {
        id: 'pair',
        grid: { rows: 1, columns: 2 },
        tiles: [ct, pet],
        needed: 2,
        isCompact: true,
        isLinked: true,
      },
      {
        id: 'inverted',
        grid: { rows: 1, columns: 2 },
        tiles: [ct, { ...pet, isInverted: true }],
        needed: 2,
        isCompact: true,
        isLinked: true,
      },
      { id: 'pet', grid: { rows: 1, columns: 1 }, tiles: [{ ...pet, isInverted: true }] },
    ],
  },
  {
    id: 'nuclear',
    study: [modality('NM', 'PT')],
    stages: [
      { id: 'one', grid: { rows: 1, columns: 1 }, tiles: [nuclear] },
      { id: 'inverted', grid: { rows: 1, columns: 1 }, tiles: [{ ...nuclear, isInverted: true }] },
      {
        id: 'four',
        grid: { rows: 2, columns: 2 },
        tiles: [nuclear, nuclear, nuclear, nuclear],
        needed: 2,
        isCompact: true,
      },
    ],
  },
];
