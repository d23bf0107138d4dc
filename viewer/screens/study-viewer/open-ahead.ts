import { type JsonDataSet, text } from '../../dicomweb/data-set.ts';
import { beginFrame } from '../../dicomweb/frames.ts';
import { beginSeriesMetadata, beginSeriesSearch } from '../../dicomweb/series.ts';
import { tags } from '../../dicomweb/tags.ts';
import { makeDisplaySets } from '../../viewport/stacks.ts';
import { readAddressedStudies } from '../../workspace/addressed-studies.ts';
import { initialView } from './initial-view.ts';
import { byReadingOrder } from './series-order.ts';

function firstSeries(found: readonly JsonDataSet[], wanted: readonly string[]): string | undefined {
  const uidOf = (series: JsonDataSet) => text(series, tags.SeriesInstanceUID);
  const shown = [...found]
    .sort(byReadingOrder)
    .filter((series) => wanted.length === 0 || wanted.includes(uidOf(series) ?? ''));
  const [first] = shown;
  return first && uidOf(first);
}

/**
 * Asks for what the viewer of this address will ask for first, one answer leading to the next: the series, the metadata of the
 * first one, its first image. By the time that the viewer's code is there, so are they. Nothing here fails: whoever needs an
 * answer that did not come asks again, and tells. Resolves when the image has been asked for.
 */
export async function openAhead(search: string): Promise<void> {
  const addressed = readAddressedStudies(new URLSearchParams(search));
  const searches = addressed.studyInstanceUIDs.map(beginSeriesSearch);
  const [studyInstanceUID] = addressed.studyInstanceUIDs;
  try {
    const seriesInstanceUID = firstSeries((await searches[0]) ?? [], addressed.seriesInstanceUIDs);
    if (studyInstanceUID === undefined || seriesInstanceUID === undefined) return;
    const instances = await beginSeriesMetadata(studyInstanceUID, seriesInstanceUID);
    const displaySets = makeDisplaySets(studyInstanceUID, seriesInstanceUID, instances);
    const opening = initialView([{ displaySets, isFailed: false }], true, addressed.initialSOPInstanceUID);
    const image = opening?.set.kind === 'image' ? opening.set.images[opening.index] : undefined;
    if (image) beginFrame(image);
  } catch {
    // Told where the answer is wanted.
  }
}
