import { type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { tags } from '../../dicomweb/tags.ts';

/** Lowest number first, those without one last; the UID decides between equals, so that the order is always the same. */
export function bySeriesNumber(a: JsonDataSet, b: JsonDataSet): number {
  const numberOf = (series: JsonDataSet) => number(series, tags.SeriesNumber) ?? Number.MAX_SAFE_INTEGER;
  const uidOf = (series: JsonDataSet) => text(series, tags.SeriesInstanceUID) ?? '';
  return numberOf(a) - numberOf(b) || (uidOf(a) < uidOf(b) ? -1 : 1);
}
