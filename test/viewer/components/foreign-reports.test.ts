import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dcmjs from 'dcmjs';
import { describe, expect, it } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import type { ImageFinder } from '../../../viewer/evidence/place-figures.ts';
import { readMeasurementReport } from '../../../viewer/evidence/read-measurement-report.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { makeSlice } from './make-data-set.ts';

const folder = join(import.meta.dirname, '../../../../shared/dicom/sr');
const isPresent = existsSync(folder);
if (!isPresent)
  process.stderr.write(`\nLEFT OUT: reports of other writers, because ${folder} is not there\n`);

/** Has any image that is asked for. */
const finder: ImageFinder = {
  byReference: ({ sopInstanceUID }) =>
    describeImages('1.2', '1.2.1', makeSlice(1, 0, { SOPInstanceUID: sopInstanceUID }))[0],
  byFrameOfReference: () => [],
};

function read(name: string) {
  const bytes = readFileSync(join(folder, name));
  const { dict } = dcmjs.data.DicomMessage.readFile(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const document = JSON.parse(JSON.stringify(dict)) as JsonDataSet;
  return readMeasurementReport(document, '1.2', '1.2.9', finder);
}

const told = (name: string) =>
  read(name)?.groups.map(({ result }) => (typeof result === 'string' ? result : result.tool));

// What the files hold was read with DCMTK: `dsrdump +Pc FILE`, and `dcmdump +P GraphicData FILE`.
describe.skipIf(!isPresent)('reports of other writers', () => {
  it('gives lengths of dwv, whose coordinates begin at the corner of the first pixel', () => {
    expect(told('dwv/tid1500-0-sr-ruler.dcm')).toEqual(['length', 'length', 'length']);
    const first = read('dwv/tid1500-0-sr-ruler.dcm')?.groups[0]?.result;
    expect(first).toMatchObject({ values: [{ quantity: 'length', unit: 'mm' }] });
    const points = typeof first === 'object' ? first.points : [];
    expect(points[0]?.x).toBeCloseTo(3.91139245 - 0.5, 5);
    expect(points[1]?.y).toBeCloseTo(5.84810114 - 0.5, 5);
  });

  it('gives circles, with their areas and statistics', () => {
    const first = read('dwv/tid1500-0-sr-circle.dcm')?.groups[0]?.result;
    expect(first).toMatchObject({ tool: 'circle' });
    const quantities = typeof first === 'object' ? first.values.map(({ quantity }) => quantity) : [];
    expect(quantities).toEqual(expect.arrayContaining(['area', 'minimum', 'maximum', 'mean']));
    expect(told('highdicom/sr_document.dcm')).toEqual(['circle']);
  });

  it('gives axes in the old codes of SNOMED, and who measured', () => {
    const report = read('dcmjs/sample-sr.dcm');
    const axes = report?.groups.find(({ result }) => typeof result === 'object')?.result;
    expect(axes).toMatchObject({ tool: 'bidirectional', calibration: 'none' });
    expect(axes).toMatchObject({
      values: [
        { quantity: 'longAxis', value: 64.4505437946691, unit: 'px' },
        { quantity: 'shortAxis', value: 42.9670291964462, unit: 'px' },
      ],
    });
  });

  it('says that measurements of segmentations have no figure', () => {
    expect(new Set(told('dcmqi/sr.dcm'))).toEqual(new Set(['noFigure']));
    expect(read('dcmqi/sr.dcm')?.author).toBe('User2');
  });

  it('takes a text report for no failure', () => {
    expect(read('dicomparser/report_dfl')).toBeUndefined();
  });
});
