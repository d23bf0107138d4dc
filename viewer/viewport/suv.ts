import { type JsonDataSet, number, text, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { injectionMoment, type PetSeries, petSeriesOf, radiopharmaceutical, scanStart } from './pet-times.ts';

/** Why a PET can't be shown in SUV; a key of the texts `imaging.suvMissing`. */
export type SuvObstacle =
  | 'units'
  | 'correction'
  | 'decay'
  | 'weight'
  | 'dose'
  | 'halfLife'
  | 'injectionTime'
  | 'injectionZone'
  | 'scanTime';

/** SUV = rescaled value x factor, of a kind that is named beside every number; or why there is none. */
export type Suv =
  | { readonly kind: 'suv'; readonly factor: number; readonly unit: string }
  | { readonly kind: 'none'; readonly obstacle: SuvObstacle };

/** SUV Type (0054,1006), PS3.3 C.8.9.1.1.3; BW where the header is silent. */
const unitsOfType: Readonly<Record<string, string>> = {
  BW: 'SUVbw',
  BSA: 'SUVbsa',
  LBM: 'SUVlbm',
  LBMJAMES128: 'SUVlbm(James128)',
  LBMJANMA: 'SUVlbm(Janma)',
  IBW: 'SUVibw',
};

const none = (obstacle: SuvObstacle): Suv => ({ kind: 'none', obstacle });

/** The dose, Bq, that is left at the moment the pixels are corrected to; or what is missing for it. */
function doseAtReference(instance: JsonDataSet, series: PetSeries): number | SuvObstacle {
  const item = radiopharmaceutical(instance);
  const dose = number(item, tags.RadionuclideTotalDose);
  if (!dose || dose <= 0) return 'dose';
  const correction = text(instance, tags.DecayCorrection);
  if (correction === 'ADMIN') return dose;
  if (correction !== 'START') return 'decay';
  const halfLife = number(item, tags.RadionuclideHalfLife);
  if (!halfLife || halfLife <= 0) return 'halfLife';
  const scan = scanStart(instance, series);
  if (scan === undefined) return 'scanTime';
  const injected = injectionMoment(instance, scan);
  if (injected === 'zoneUnknown') return 'injectionZone';
  if (injected === undefined) return 'injectionTime';
  return dose * 2 ** (-(scan - injected) / halfLife);
}

function bodyWeightFactor(instance: JsonDataSet, series: PetSeries): Suv {
  const corrections = texts(instance, tags.CorrectedImage);
  if (!corrections.includes('ATTN') || !corrections.includes('DECY')) return none('correction');
  const weight = number(instance, tags.PatientWeight);
  if (!weight || weight <= 0) return none('weight');
  const dose = doseAtReference(instance, series);
  if (typeof dose !== 'number') return none(dose);
  return { kind: 'suv', factor: (weight * 1000) / dose, unit: 'SUVbw' };
}

/**
 * How rescaled values of a PET image become SUV: the files that hold SUV already (Units GML, CM2ML), activity concentrations
 * (BQML) by body weight and decayed dose, and counts by the factors that Philips writes (7053,1000 and 7053,1009). `series` is what all its
 * images have in common; left out for an image by itself.
 */
export function suvOf(instance: JsonDataSet, series: PetSeries = petSeriesOf([instance])): Suv {
  const type = text(instance, tags.SUVType);
  switch (text(instance, tags.Units)) {
    case 'GML':
      return { kind: 'suv', factor: 1, unit: unitsOfType[type ?? 'BW'] ?? `SUV(${type})` };
    case 'CM2ML':
      return { kind: 'suv', factor: 1, unit: 'SUVbsa' };
    case 'BQML':
      return bodyWeightFactor(instance, series);
    case 'CNTS':
      return ofCounts(instance, series);
    default:
      return none('units');
  }
}

function ofCounts(instance: JsonDataSet, series: PetSeries): Suv {
  const direct = number(instance, tags.PhilipsSuvFactor);
  if (direct && direct > 0) return { kind: 'suv', factor: direct, unit: 'SUVbw' };
  const activity = number(instance, tags.PhilipsActivityFactor);
  if (!activity || activity <= 0) return none('units');
  const suv = bodyWeightFactor(instance, series);
  return suv.kind === 'suv' ? { ...suv, factor: suv.factor * activity } : suv;
}
