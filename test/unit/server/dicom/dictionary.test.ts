import { dictionary } from 'dcmjs/dictionary';
import { describe, expect, it } from 'vitest';
import { dictionaryEntry, keywordOf, tagOf, vmOf, vrOf } from '../../../../server/dicom/dictionary.ts';

/** Where dcmjs is wrong or behind PS3.6; see scripts/make-dictionary.mjs. */
const correctedTags = [
  '00189323',
  '00221642',
  '0040A803',
  '00660040',
  '00660041',
  '00660042',
  '00660043',
  '0070150C',
  '00800010',
  '00800011',
  '300A0131',
];
const ofDcmjs: Record<string, string> = { xs: 'US', ox: 'OB', lt: 'US', up: 'UL' };

describe('the dictionary', () => {
  it('agrees with that of dcmjs, but for the corrections', () => {
    let compared = 0;
    for (const [key, entry] of Object.entries(dictionary)) {
      const match = /^\(([0-9A-F]{4}),([0-9A-F]{4})\)$/.exec(key);
      if (!match || !entry || entry.vr === 'na' || entry.version === 'PrivateTag') continue;
      const tag = `${match[1]}${match[2]}`;
      if (correctedTags.includes(tag) || entry.version === 'ILLEGAL' || entry.version === 'GENERIC') continue;
      compared++;
      const keyword = entry.name.replace(/^(RETIRED|ACR_NEMA)_/g, '').replace(/^undefined$/, '');
      expect([tag, vrOf(tag), vmOf(tag), keywordOf(tag) ?? '']).toEqual([
        tag,
        ofDcmjs[entry.vr] ?? entry.vr,
        entry.vm,
        keyword,
      ]);
      if (keyword !== '') expect(tagOf(keyword)).toBe(tag);
    }
    expect(compared).toBeGreaterThan(4900);
  });

  it.each([
    ['00660040', 'OL'],
    ['00660129', 'OL'],
    ['7FE00001', 'OV'],
    ['00720082', 'SV'],
    ['0008040C', 'UV'],
    ['0072006D', 'UN'],
    ['00020026', 'UR'],
    ['0070150C', 'UL'],
  ])('knows the VR of %s', (tag, vr) => {
    expect(vrOf(tag)).toBe(vr);
  });

  it('gives alternative VRs in the order of PS3.6', () => {
    expect(dictionaryEntry('00280106')?.vrs).toEqual(['US', 'SS']);
    expect(dictionaryEntry('7FE00010')?.vrs).toEqual(['OB', 'OW']);
  });

  it('finds repeating groups by any of their tags', () => {
    expect([vrOf('60003000'), vrOf('60FE3000'), keywordOf('60023000')]).toEqual(['OB', 'OB', 'OverlayData']);
    expect(keywordOf('50AA0005')).toBe('CurveDimensions');
    expect(vrOf('00203142')).toBe('CS');
    expect(tagOf('OverlayData')).toBe('60003000');
  });

  it('has nothing to say of private and unknown tags', () => {
    expect([vrOf('00091001'), keywordOf('60013000'), vmOf('0008FFFF')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes keywords, and tags in either case', () => {
    expect(tagOf('PatientName')).toBe('00100010');
    expect(tagOf('0020000d')).toBe('0020000D');
    expect(tagOf('00091001')).toBe('00091001');
    expect([tagOf('patientname'), tagOf('10010'), tagOf('constructor'), tagOf('')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
