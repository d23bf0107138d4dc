import { type JsonDataSet, number, text, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

/** Why a PET can't be shown in SUV; a key of the texts `imaging.suvMissing`. */
export type SuvObstacle =
  | 'units'
  | 'correction'
  | 'decay'
  | 'weight'
  | 'dose'
  | 'halfLife'
  | 'injectionTime'
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

/** Seconds since 1970 of a DICOM date and time, as if in UTC; offsets cancel out between two of one object. */
function seconds(date: string | undefined, time: string | undefined): number | undefined {
  const day = date?.match(/^(\d{4})\.?(\d{2})\.?(\d{2})/);
  const clock = time?.match(/^(\d{2}):?(\d{2})?:?(\d{2})?(\.\d+)?/);
  if (!day || !clock) return undefined;
  const [, year, month, dayOfMonth] = day.map(Number);
  const [, hour, minute = '0', second = '0', fraction = '0'] = clock;
  return (
    Date.UTC(year ?? 0, (month ?? 1) - 1, dayOfMonth) / 1000 +
    Number(hour) * 3600 +
    Number(minute) * 60 +
    Number(second) +
    Number(fraction)
  );
}

function secondsOfDateTime(value: string | undefined): number | undefined {
  return value && value.length >= 12 ? seconds(value.slice(0, 8), value.slice(8)) : undefined;
}

/**
 * The moment that the pixels are decay corrected to (DecayCorrection START). Series Time says it, unless the series was
 * derived later: then Series Time lies behind the acquisition, and GE notes the start of the scan in a private attribute.
 */
function scanStart(instance: JsonDataSet): number | undefined {
  const series = seconds(text(instance, tags.SeriesDate), text(instance, tags.SeriesTime));
  const acquisition = seconds(text(instance, tags.AcquisitionDate), text(instance, tags.AcquisitionTime));
  if (series !== undefined && (acquisition === undefined || series <= acquisition)) return series;
  const ge = secondsOfDateTime(text(instance, tags.GePetScanDateTime));
  if (ge !== undefined) return ge;
  return acquisition === undefined ? undefined : acquisition - timeIntoScan(instance);
}

/**
 * How long after the start of the scan the acquisition of this frame began, s: Frame Reference Time (the moment of the mean
 * count rate) less what of it lies within the frame (PS3.3 C.8.9.4.1.5).
 */
function timeIntoScan(instance: JsonDataSet): number {
  const reference = (number(instance, tags.FrameReferenceTime) ?? 0) / 1000;
  const duration = (number(instance, tags.ActualFrameDuration) ?? 0) / 1000;
  const halfLife = number(radiopharmaceutical(instance), tags.RadionuclideHalfLife);
  if (reference <= 0 || duration <= 0 || !halfLife) return 0;
  const decay = Math.LN2 / halfLife;
  const meanCount = Math.log((decay * duration) / (1 - Math.exp(-decay * duration))) / decay;
  return reference - meanCount;
}

function radiopharmaceutical(instance: JsonDataSet): JsonDataSet {
  const [item] = (instance[tags.RadiopharmaceuticalInformationSequence]?.Value ?? []) as JsonDataSet[];
  return item ?? {};
}

/** Radiopharmaceutical Start DateTime, or the last Start Time before the scan. */
function injection(instance: JsonDataSet, scan: number): number | undefined {
  const item = radiopharmaceutical(instance);
  const stated = secondsOfDateTime(text(item, tags.RadiopharmaceuticalStartDateTime));
  if (stated !== undefined && stated <= scan) return stated;
  const day = new Date(scan * 1000).toISOString().slice(0, 10).replaceAll('-', '');
  const sameDay = seconds(day, text(item, tags.RadiopharmaceuticalStartTime));
  if (sameDay === undefined) return undefined;
  return sameDay <= scan ? sameDay : sameDay - 24 * 3600;
}

/** The dose, Bq, that is left at the moment the pixels are corrected to; or what is missing for it. */
function doseAtReference(instance: JsonDataSet): number | SuvObstacle {
  const item = radiopharmaceutical(instance);
  const dose = number(item, tags.RadionuclideTotalDose);
  if (!dose || dose <= 0) return 'dose';
  const correction = text(instance, tags.DecayCorrection);
  if (correction === 'ADMIN') return dose;
  if (correction !== 'START') return 'decay';
  const halfLife = number(item, tags.RadionuclideHalfLife);
  if (!halfLife || halfLife <= 0) return 'halfLife';
  const scan = scanStart(instance);
  if (scan === undefined) return 'scanTime';
  const injected = injection(instance, scan);
  if (injected === undefined) return 'injectionTime';
  return dose * 2 ** (-(scan - injected) / halfLife);
}

function bodyWeightFactor(instance: JsonDataSet): Suv {
  const corrections = texts(instance, tags.CorrectedImage);
  if (!corrections.includes('ATTN') || !corrections.includes('DECY')) return none('correction');
  const weight = number(instance, tags.PatientWeight);
  if (!weight || weight <= 0) return none('weight');
  const dose = doseAtReference(instance);
  if (typeof dose !== 'number') return none(dose);
  return { kind: 'suv', factor: (weight * 1000) / dose, unit: 'SUVbw' };
}

/**
 * How rescaled values of a PET image become SUV: the files that hold SUV already (Units GML, CM2ML), activity concentrations
 * (BQML) by body weight and decayed dose, and counts by the factors that Philips writes (7053,1000 and 7053,1009).
 */
export function suvOf(instance: JsonDataSet): Suv {
  const type = text(instance, tags.SUVType);
  switch (text(instance, tags.Units)) {
    case 'GML':
      return { kind: 'suv', factor: 1, unit: unitsOfType[type ?? 'BW'] ?? `SUV(${type})` };
    case 'CM2ML':
      return { kind: 'suv', factor: 1, unit: 'SUVbsa' };
    case 'BQML':
      return bodyWeightFactor(instance);
    case 'CNTS':
      return ofCounts(instance);
    default:
      return none('units');
  }
}

function ofCounts(instance: JsonDataSet): Suv {
  const direct = number(instance, tags.PhilipsSuvFactor);
  if (direct && direct > 0) return { kind: 'suv', factor: direct, unit: 'SUVbw' };
  const activity = number(instance, tags.PhilipsActivityFactor);
  if (!activity || activity <= 0) return none('units');
  const suv = bodyWeightFactor(instance);
  return suv.kind === 'suv' ? { ...suv, factor: suv.factor * activity } : suv;
}
