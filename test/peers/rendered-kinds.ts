import type { DataSet } from '../../server/dicom/data-set.ts';
import type { Kind } from './kinds.ts';
import type { RenderedDifference } from './rendered-differences.ts';

const has = (dataSet: DataSet, tag: string) => (dataSet[tag]?.Value?.length ?? 0) > 0;

/** Frame VOI LUT (0028,9132) in the functional groups of all or of each frame. */
function hasFrameWindow(dataSet: DataSet): boolean {
  return ['52009229', '52009230'].some((tag) =>
    (dataSet[tag]?.Value ?? []).some((item) => has(item as DataSet, '00289132')),
  );
}

/** Whether the instance says how its stored values become greys: windows, VOI and Modality LUTs. */
const hasLook = (dataSet: DataSet) =>
  ['00281050', '00283010', '00283000'].some((tag) => has(dataSet, tag)) || hasFrameWindow(dataSet);

const isPicture = (what: string) => what.includes('x');

export const RENDERED_KINDS: readonly Kind<RenderedDifference>[] = [
  {
    what: 'Orthanc cannot render JPEG 2000, JPEG XL, single bits, floats, 32 bits, 16 bits of colour, subsampled native colour, some palettes',
    section: 'PS3.18 10.4.1.1.3',
    right: 'ours',
    applies: ({ ours, theirs }) => theirs === '400' && isPicture(ours),
  },
  {
    what: 'JPEG of YCbCr without a marker that says so, labelled RGB: ours agrees with the original (SC_rgb.dcm), Orthanc turns its colours',
    section: 'PS3.5 8.2.1',
    right: 'ours',
    applies: ({ instance, ours, theirs }) =>
      instance.file === 'color/dicom-test-files/SC_rgb_jpeg_lossy_gdcm.dcm' && ours === theirs,
  },
  {
    what: 'JPEG: the encoders lose different things, at edges and in colour',
    section: 'PS3.18 8.3.5.1.2',
    right: 'either',
    applies: ({ type, isSameAsPng, mean = 256 }) => type === 'image/jpeg' && isSameAsPng && mean < 30,
  },
  {
    what: 'overlays: ours draws them, as a viewer does; Orthanc leaves them out',
    section: 'PS3.3 C.9.2',
    right: 'either',
    applies: ({ instance, ours, theirs }) => ours === theirs && has(instance.dataSet, '60000010'),
  },
  {
    what: 'Pixel Padding Value: Orthanc takes it for a grey like others, ours for the background',
    section: 'PS3.3 C.7.5.1.1.2',
    right: 'ours',
    applies: ({ instance, ours, theirs }) => ours === theirs && has(instance.dataSet, '00280120'),
  },
  {
    what: 'Orthanc spreads the smallest to the largest value over all greys; ours applies the window, VOI or Modality LUT of the instance',
    section: 'PS3.4 N.2, PS3.18 8.3.5.1.4',
    right: 'ours',
    applies: ({ instance, window, ours, theirs, isStretched }) =>
      window === '' && ours === theirs && isStretched && hasLook(instance.dataSet),
  },
  {
    what: 'no window and no LUT: Orthanc spreads the values over all greys, ours shows 8 bits as they are',
    section: 'PS3.4 N.2.1.2',
    right: 'either',
    applies: ({ instance, ours, theirs, isStretched, mean = 256 }) =>
      ours === theirs &&
      isStretched &&
      !hasLook(instance.dataSet) &&
      instance.dataSet['00280100']?.Value?.[0] === 8 &&
      mean < 1,
  },
];
