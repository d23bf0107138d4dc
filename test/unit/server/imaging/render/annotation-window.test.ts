import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../../server/dicom/data-set.ts';
import { annotationLines, withShownWindow } from '../../../../../server/imaging/render/annotation-lines.ts';

describe('the window that is written on a picture', () => {
  const image: DataSet = {
    '00281050': { vr: 'DS', Value: [36] },
    '00281051': { vr: 'DS', Value: [360] },
  };
  const written = async (dataSet: DataSet) =>
    (await annotationLines(dataSet, 1, ['technique'])).flatMap(({ lines }) => lines);

  it('is the one of the image where nothing else was asked for', async () => {
    expect(await written(withShownWindow(image, undefined, false))).toEqual(['W 360 C 36']);
  });

  it('is the one that was asked for', async () => {
    const lung = { center: -600, width: 1500, function: 'LINEAR' } as const;
    expect(await written(withShownWindow(image, lung, false))).toEqual(['W 1500 C -600']);
  });

  it('is none where a presentation state decides', async () => {
    expect(await written(withShownWindow(image, undefined, true))).toEqual([]);
  });
});
