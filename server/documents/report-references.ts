import type { DataSet } from '../dicom/data-set.ts';
import type { ReportReference } from './report.ts';
import { itemsAt, textAt, textsAt } from './words.ts';

/** Study and series of the objects that a report names, by SOP Instance UID. */
export type Whereabouts = ReadonlyMap<string, { studyInstanceUID: string; seriesInstanceUID: string }>;

/** The evidence that a report lists (PS3.3 C.17.2): of the procedures it is about, and of others. */
export function whereaboutsIn(dataSet: DataSet): Whereabouts {
  const places = new Map<string, { studyInstanceUID: string; seriesInstanceUID: string }>();
  for (const study of [...itemsAt(dataSet, '0040A375'), ...itemsAt(dataSet, '0040A385')]) {
    const studyInstanceUID = textAt(study, '0020000D');
    for (const series of itemsAt(study, '00081115')) {
      const seriesInstanceUID = textAt(series, '0020000E');
      if (studyInstanceUID === undefined || seriesInstanceUID === undefined) continue;
      for (const object of itemsAt(series, '00081199'))
        places.set(textAt(object, '00081155') ?? '', { studyInstanceUID, seriesInstanceUID });
    }
  }
  return places;
}

const KINDS: Readonly<Record<string, string>> = { IMAGE: 'image', WAVEFORM: 'waveform', COMPOSITE: 'object' };

/** The objects that an IMAGE, WAVEFORM or COMPOSITE item names (PS3.3 C.18.3 to C.18.5), with the presentation states for them. */
export function referencesOf(item: DataSet, valueType: string, places: Whereabouts): ReportReference[] {
  const kind = KINDS[valueType];
  if (kind === undefined) return [];
  return itemsAt(item, '00081199').flatMap((object) => [
    referenceTo(object, kind, places),
    ...itemsAt(object, '00081199').map((state) => referenceTo(state, 'presentation state', places)),
  ]);
}

function referenceTo(object: DataSet, kind: string, places: Whereabouts): ReportReference {
  const sopInstanceUID = textAt(object, '00081155') ?? '';
  return {
    kind,
    sopClassUID: textAt(object, '00081150') ?? '',
    sopInstanceUID,
    ...places.get(sopInstanceUID),
    frames: textsAt(object, '00081160')
      .map(Number)
      .filter((frame) => Number.isInteger(frame) && frame > 0),
  };
}
