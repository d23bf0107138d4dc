import type { TFunction } from 'i18next';
import type { ImageDescription } from '../viewport/image-description.ts';
import { type GeometryFinding, type MissingSlices, stackNotices } from './geometry.ts';

/** Gaps that a sentence names one by one. */
const namedGaps = 3;

const millimetres = (value: number) => String(Number(value.toFixed(2)));

function placesOf(t: TFunction, gaps: readonly MissingSlices[]): string {
  const named = gaps
    .slice(0, namedGaps)
    .map(({ after, count }) => t('volume.finding.missingAfter', { count, after }));
  return [...named, ...(gaps.length > namedGaps ? [t('volume.finding.missingMore')] : [])].join(', ');
}

/** A finding as a sentence, with its numbers. */
export function findingText(t: TFunction, finding: GeometryFinding): string {
  switch (finding.name) {
    case 'tilt':
      return t(`volume.finding.tilt.${finding.outcome}`, { degrees: finding.degrees.toFixed(1) });
    case 'missingSlices':
      return t('volume.finding.missingSlices.said', {
        count: finding.total,
        places: placesOf(t, finding.gaps),
      });
    case 'unevenSpacing':
      return t(`volume.finding.unevenSpacing.${finding.outcome}`, {
        smallest: millimetres(finding.smallest),
        largest: millimetres(finding.largest),
      });
    case 'samePlace':
      return t('volume.finding.samePlace.refused', { images: finding.images, places: finding.places });
    case 'tooFewSlices':
      return t('volume.finding.tooFewSlices.refused', { count: finding.count });
    case 'shiftedSlices':
      return t('volume.finding.shiftedSlices.refused', { millimetres: millimetres(finding.millimetres) });
    default:
      return t(`volume.finding.${finding.name}.refused`);
  }
}

/** What is said over the images of a stack as they are, of the places of its slices. */
export function stackNoticeTexts(t: TFunction, images: readonly ImageDescription[]): string[] {
  return stackNotices(images).flatMap((finding) => {
    if (finding.name === 'tilt') return t('volume.stack.tilt', { degrees: finding.degrees.toFixed(1) });
    if (finding.name === 'missingSlices') {
      const places = placesOf(t, finding.gaps);
      return t('volume.stack.missingSlices', { count: finding.total, places });
    }
    if (finding.name !== 'unevenSpacing') return [];
    const [smallest, largest] = [millimetres(finding.smallest), millimetres(finding.largest)];
    return t('volume.stack.unevenSpacing', { smallest, largest });
  });
}
