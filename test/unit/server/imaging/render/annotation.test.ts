import { describe, expect, it } from 'vitest';
import type { DataSet, PersonName } from '../../../../../server/dicom/data-set.ts';
import { annotationLines } from '../../../../../server/imaging/render/annotation-lines.ts';
import { canWrite } from '../../../../../server/imaging/render/fonts.ts';
import { escapeXml } from '../../../../../server/imaging/render/svg-layer.ts';
import { dataSetOf, frameOf, rendered } from './render-request-samples.ts';

const named = (name: PersonName): DataSet => ({ '00100010': { vr: 'PN', Value: [name] } });
const firstLine = async (name: PersonName) =>
  (await annotationLines(named(name), 1, ['patient']))[0]?.lines[0];
const black = frameOf(new Uint8Array(200 * 200), { rows: 200, bitsStored: 8 });
const quarter = (values: number[], right: boolean, bottom: boolean) =>
  values.filter((value, i) => value > 128 && i % 200 >= 100 === right && i >= 20_000 === bottom).length;

const attributes = {
  PatientID: '4711',
  PatientBirthDate: '19700131',
  PatientSex: 'F',
  StudyDescription: 'Head',
  StudyDate: '20260102',
  StudyTime: '030405.678',
  Modality: 'CT',
  KVP: 120,
  SliceThickness: 2.5,
  SeriesDescription: 'Axial',
  WindowCenter: 40,
  WindowWidth: 400,
};

describe('annotation (PS3.18 8.3.5.1.1)', () => {
  it('has the patient above and the technique below, as asked for', async () => {
    const instance = { ...dataSetOf(attributes), ...named({ Alphabetic: 'Doe^Jane^^Dr.' }) };
    expect(await annotationLines(instance, 1, ['patient'])).toEqual([
      { corner: 'top-left', lines: ['Doe, Dr. Jane', 'ID 4711', '* 1970-01-31 F'] },
      { corner: 'top-right', lines: ['Head', '2026-01-02 03:04:05'] },
    ]);
    expect(await annotationLines(instance, 1, ['technique'])).toEqual([
      { corner: 'bottom-left', lines: ['120 kV', 'Slice 2.5 mm', 'W 400 C 40'] },
      { corner: 'bottom-right', lines: ['CT', 'Axial'] },
    ]);
    expect(await annotationLines(instance, 1, [])).toEqual([]);
  });

  it('is drawn into the corners, and only when asked for', async () => {
    const draw = async (annotation: ('patient' | 'technique')[]) =>
      (await rendered(black, attributes, { parameters: { annotation } })).values;
    const patient = await draw(['patient']);
    expect(quarter(patient, false, false)).toBeGreaterThan(20);
    expect(quarter(patient, true, false)).toBeGreaterThan(20);
    expect(quarter(patient, false, true) + quarter(patient, true, true)).toBe(0);
    const technique = await draw(['technique']);
    expect(quarter(technique, false, true)).toBeGreaterThan(20);
    expect(quarter(technique, false, false)).toBe(0);
    expect(new Set((await rendered(black, attributes)).values).size).toBe(1);
  });

  it('is never in thumbnails, whatever the request says', async () => {
    const { values } = await rendered(black, attributes, {
      kind: 'thumbnail',
      parameters: { annotation: ['patient'] },
    });
    expect(new Set(values).size).toBe(1);
  });

  it('draws markup as text', async () => {
    const PatientID = '</text><rect width="200" height="200" fill="white"/><text>';
    const { values } = await rendered(black, { PatientID }, { parameters: { annotation: ['patient'] } });
    expect(quarter(values, false, false)).toBeGreaterThan(20);
    expect(quarter(values, true, true)).toBe(0);
    expect(escapeXml('<a b="c">&\u0000\u0008\ud800\'')).toBe('&#60;a b=&#34;c&#34;&#62;&#38;&#39;');
  });

  it('writes names in Cyrillic and Greek', async () => {
    expect(await firstLine({ Alphabetic: 'Люкceмбypг^Анна' })).toBe('Люкceмбypг, Анна');
    expect(await firstLine({ Alphabetic: 'Διονυσιος' })).toBe('Διονυσιος');
  });

  it('writes the groups of a name that fonts have, and never empty frames for letters', async () => {
    const hasKanji = await canWrite('山田太郎');
    const both = { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' };
    expect(await firstLine(both)).toBe(hasKanji ? 'Yamada, Tarou (山田 太郎)' : 'Yamada, Tarou');
    // Private Use: no font has it
    expect(await firstLine({ Alphabetic: 'Doe', Ideographic: '\u{f3a55}' })).toBe('Doe');
    await expect(firstLine({ Alphabetic: '\u{f3a55}^\u{f3a56}' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('knows which characters it can write', async () => {
    expect(await canWrite('Äß éя Ω 1-.|I')).toBe(true);
    expect(await canWrite('\u{f3a55}')).toBe(false);
    expect(await canWrite('a\u0378')).toBe(false);
  });

  it('cuts long lines, and colours stay as they are', async () => {
    const corners = await annotationLines(dataSetOf({ StudyDescription: 'x'.repeat(500) }), 1, ['patient']);
    expect(corners[0]?.lines[0]).toHaveLength(64);
    const red = frameOf(
      Uint8Array.from({ length: 120_000 }, (_, i) => (i % 3 === 0 ? 200 : 0)),
      {
        rows: 200,
        bitsStored: 8,
        samplesPerPixel: 3,
        photometricInterpretation: 'RGB',
      },
    );
    const { values, channels } = await rendered(red, attributes, { parameters: { annotation: ['patient'] } });
    expect(channels).toBe(3);
    expect(values.slice(60_000 + 300, 60_000 + 303)).toEqual([200, 0, 0]);
  });
});
