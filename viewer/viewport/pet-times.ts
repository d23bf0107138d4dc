import { items, type JsonDataSet, number, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

/**
 * Moments are counted in seconds since 1970: in UTC where the object says its zone (Timezone Offset From UTC), else by the
 * clock of the object as if it were in UTC. Moments of the two kinds are never compared.
 */
type Moment = number;

/** Seconds east of UTC of `&ZZXX` (PS3.5 6.2, DT). */
function offsetSeconds(written: string | undefined): number | undefined {
  const match = written?.match(/^([+-])(\d{2})(\d{2})$/);
  if (!match) return undefined;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

/** The zone of all dates and times of an object that have none of their own (PS3.3 C.12.1.1.8), seconds east of UTC. */
const zoneOf = (instance: JsonDataSet) => offsetSeconds(text(instance, tags.TimezoneOffsetFromUTC));

/** A date and time by their own clock. */
function clockSeconds(date: string | undefined, time: string | undefined): number | undefined {
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

function momentOfDate(instance: JsonDataSet, dateTag: string, timeTag: string): Moment | undefined {
  const clock = clockSeconds(text(instance, dateTag), text(instance, timeTag));
  return clock === undefined ? undefined : clock - (zoneOf(instance) ?? 0);
}

/** A DT of an object; `zoneUnknown` when it has a zone of its own and the dates it would be compared with have none. */
function momentOfDateTime(
  instance: JsonDataSet,
  written: string | undefined,
): Moment | 'zoneUnknown' | undefined {
  const match = written?.match(/^(\d{8})(\d{4}[\d.]*)([+-]\d{4})?$/);
  const clock = match && clockSeconds(match[1], match[2]);
  if (clock === undefined || clock === null) return undefined;
  const zone = zoneOf(instance);
  const own = offsetSeconds(match?.[3]);
  if (own !== undefined && zone === undefined) return 'zoneUnknown';
  return clock - (own ?? zone ?? 0);
}

export function radiopharmaceutical(instance: JsonDataSet): JsonDataSet {
  return items(instance, tags.RadiopharmaceuticalInformationSequence)[0] ?? {};
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

/** What all images of a PET series have in common: they are corrected to one moment. */
export interface PetSeries {
  /** Of the earliest image. */
  readonly acquisition: Moment | undefined;
  /** The start of the scan as the acquisitions and their places in the scan tell it. */
  readonly start: Moment | undefined;
  /** Undefined where some of the images say their zone and some don't. */
  readonly isZoned: boolean | undefined;
}

const earliest = (a: Moment | undefined, b: Moment) => (a === undefined || b < a ? b : a);

export function petSeriesOf(instances: readonly JsonDataSet[]): PetSeries {
  let [acquisition, start]: (Moment | undefined)[] = [];
  const zoned = new Set<boolean>();
  for (const instance of instances) {
    zoned.add(zoneOf(instance) !== undefined);
    const moment = momentOfDate(instance, tags.AcquisitionDate, tags.AcquisitionTime);
    if (moment === undefined) continue;
    acquisition = earliest(acquisition, moment);
    start = earliest(start, moment - timeIntoScan(instance));
  }
  return { acquisition, start, isZoned: zoned.size > 1 ? undefined : zoned.has(true) };
}

/**
 * The moment that the pixels are decay corrected to (DecayCorrection START). Series Time says it, unless the series was
 * derived later: then Series Time lies behind the earliest acquisition, and GE notes the start of the scan in a private
 * attribute.
 */
export function scanStart(instance: JsonDataSet, series: PetSeries): Moment | undefined {
  if (series.isZoned === undefined) return undefined;
  const stated = momentOfDate(instance, tags.SeriesDate, tags.SeriesTime);
  if (stated !== undefined && (series.acquisition === undefined || stated <= series.acquisition))
    return stated;
  const ge = momentOfDateTime(instance, text(instance, tags.GePetScanDateTime));
  return typeof ge === 'number' ? ge : series.start;
}

/** Radiopharmaceutical Start DateTime, or the last Start Time before the scan. */
export function injectionMoment(instance: JsonDataSet, scan: Moment): Moment | 'zoneUnknown' | undefined {
  const item = radiopharmaceutical(instance);
  const stated = momentOfDateTime(instance, text(item, tags.RadiopharmaceuticalStartDateTime));
  if (stated === 'zoneUnknown' || (stated !== undefined && stated <= scan)) return stated;
  const zone = zoneOf(instance) ?? 0;
  const day = new Date((scan + zone) * 1000).toISOString().slice(0, 10).replaceAll('-', '');
  const clock = clockSeconds(day, text(item, tags.RadiopharmaceuticalStartTime));
  if (clock === undefined) return undefined;
  const sameDay = clock - zone;
  return sameDay <= scan ? sameDay : sameDay - 24 * 3600;
}
