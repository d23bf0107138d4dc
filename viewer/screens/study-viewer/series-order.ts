import { type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { tags } from '../../dicomweb/tags.ts';

/** Modalities of series that are about images, and hold none to begin reading with. */
const modalitiesWithoutImages = new Set([
  'SR',
  'KO',
  'PR',
  'SEG',
  'RTSTRUCT',
  'RTPLAN',
  'RTDOSE',
  'RTRECORD',
  'DOC',
  'REG',
  'FID',
  'PLAN',
  'AU',
]);

const holdsImages = (series: JsonDataSet): boolean =>
  !modalitiesWithoutImages.has(text(series, tags.Modality) ?? '');

/**
 * Images before what is said of them. Of each, the lowest number first, those without one last; the UID decides between equals, so
 * that the order is always the same.
 */
export function byReadingOrder(a: JsonDataSet, b: JsonDataSet): number {
  const numberOf = (series: JsonDataSet) => number(series, tags.SeriesNumber) ?? Number.MAX_SAFE_INTEGER;
  const uidOf = (series: JsonDataSet) => text(series, tags.SeriesInstanceUID) ?? '';
  const placeOf = (series: JsonDataSet) => (holdsImages(series) ? 0 : 1);
  return placeOf(a) - placeOf(b) || numberOf(a) - numberOf(b) || (uidOf(a) < uidOf(b) ? -1 : 1);
}
