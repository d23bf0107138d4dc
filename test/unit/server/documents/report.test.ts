import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { readReport } from '../../../../server/documents/read-report.ts';
import type { ReportItem } from '../../../../server/documents/report.ts';
import { reportToHtml } from '../../../../server/documents/report-html.ts';
import { reportToText } from '../../../../server/documents/report-text.ts';

const cs = (value: string) => ({ vr: 'CS' as const, Value: [value] });
const lo = (value: string) => ({ vr: 'LO' as const, Value: [value] });
const sq = (...items: DataSet[]) => ({ vr: 'SQ' as const, Value: items });
const code = (meaning: string, value = 'X1', scheme = '99T'): DataSet => ({
  '00080100': lo(value),
  '00080102': lo(scheme),
  '00080104': lo(meaning),
});

function item(valueType: string, name: string, rest: DataSet = {}, relationship = 'CONTAINS'): DataSet {
  return {
    '0040A010': cs(relationship),
    '0040A040': cs(valueType),
    '0040A043': sq(code(name)),
    ...rest,
  };
}

function report(items: DataSet[], rest: DataSet = {}): DataSet {
  return {
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou^^Dr', Ideographic: '山田^太郎' }] },
    '0040A040': cs('CONTAINER'),
    '0040A043': sq(code('Imaging Report')),
    '0040A491': cs('COMPLETE'),
    '0040A493': cs('VERIFIED'),
    '0040A730': sq(...items),
    ...rest,
  };
}

function only(dataSet: DataSet): ReportItem {
  const [first] = readReport(report([dataSet])).items;
  if (!first) throw new Error('no item');
  return first;
}

describe('values of content items', () => {
  it.each<[string, DataSet, string]>([
    [
      'TEXT',
      { '0040A160': { vr: 'UT', Value: ['No fracture.\r\nNo effusion.'] } },
      'No fracture.\r\nNo effusion.',
    ],
    ['CODE', { '0040A168': sq(code('Lung')) }, 'Lung'],
    ['PNAME', { '0040A123': { vr: 'PN', Value: [{ Alphabetic: 'Roe^Jane^^Dr^MD' }] } }, 'Roe, Dr Jane, MD'],
    ['DATE', { '0040A121': { vr: 'DA', Value: ['20260131'] } }, '2026-01-31'],
    ['TIME', { '0040A122': { vr: 'TM', Value: ['140559.123'] } }, '14:05:59'],
    ['DATETIME', { '0040A120': { vr: 'DT', Value: ['20260131140559.1+0100'] } }, '2026-01-31 14:05:59 +0100'],
    ['UIDREF', { '0040A124': { vr: 'UI', Value: ['1.2.3'] } }, '1.2.3'],
    [
      'SCOORD',
      { '00700023': cs('POLYLINE'), '00700022': { vr: 'FL', Value: [1, 2.5, 3, 4] } },
      'POLYLINE (1, 2.5) (3, 4)',
    ],
    [
      'SCOORD3D',
      { '00700023': cs('POINT'), '00700022': { vr: 'FL', Value: [1, 2, 3] } },
      'POINT (1, 2, 3) in mm',
    ],
    [
      'TCOORD',
      { '0040A130': cs('SEGMENT'), '0040A138': { vr: 'DS', Value: [0.5, 1] } },
      'SEGMENT, at 0.5, 1 s',
    ],
    ['MARVEL', {}, 'a value of type MARVEL, which is not shown here'],
  ])('%s', (valueType, rest, expected) => {
    expect(only(item(valueType, 'Finding', rest)).value).toBe(expected);
  });

  it.each([
    [12.5, code('millimeter', 'mm', 'UCUM'), '12.5 mm'],
    [40, code('Hounsfield unit', "[hnsf'U]", 'UCUM'), '40 Hounsfield unit'],
    [3, code('no units', '1', 'UCUM'), '3'],
    [64.4, code('px', '1', 'UCUM'), '64.4 px'],
    [7, code('apples', 'A', '99T'), '7 apples'],
  ])('NUM %d with its units', (number, units, expected) => {
    const measured = sq({ '0040A30A': { vr: 'DS', Value: [number] }, '004008EA': sq(units) });
    expect(only(item('NUM', 'Length', { '0040A300': measured })).value).toBe(expected);
  });

  it('says why a number is missing', () => {
    const qualified = item('NUM', 'Length', {
      '0040A300': sq(),
      '0040A301': sq(code('Measurement failure')),
    });
    expect(only(qualified).value).toBe('Measurement failure');
    expect(only(item('NUM', 'Length')).value).toBe('no value');
  });
});

describe('a report', () => {
  const nested = report([
    item('CONTAINER', 'Findings', {
      '0040A730': sq(
        item('TEXT', 'Finding', {
          '0040A160': { vr: 'UT', Value: ['A nodule.'] },
          '0040A730': sq(
            item('CODE', 'Site', { '0040A168': sq(code('Left lung', 'T-28500', 'SRT')) }, 'HAS PROPERTIES'),
            item('IMAGE', 'Source', { '00081199': sq(reference('1.2.9', 3)) }, 'INFERRED FROM'),
            { '0040A010': cs('INFERRED FROM'), '0040DB73': { vr: 'UL', Value: [1, 1, 1] } },
          ),
        }),
      ),
    }),
  ]);

  function reference(uid: string, frame: number): DataSet {
    return {
      '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
      '00081155': { vr: 'UI', Value: [uid] },
      '00081160': { vr: 'IS', Value: [frame] },
    };
  }

  it('keeps nesting and relationships as text', () => {
    const text = reportToText(readReport(nested));
    expect(text).toContain(
      [
        'Findings',
        '  Finding: A nodule.',
        '    (property) Site: Left lung',
        '    (inferred from) Source: image 1.2.9, frame 3',
        '    (inferred from) see item 1.1.1',
      ].join('\n'),
    );
  });

  it('links to objects whose place is known, and to items it refers to', () => {
    const evidence = sq({
      '0020000D': { vr: 'UI', Value: ['1.2.1'] },
      '00081115': sq({ '0020000E': { vr: 'UI', Value: ['1.2.2'] }, '00081199': sq(reference('1.2.9', 1)) }),
    });
    const page = reportToHtml(readReport({ ...nested, '0040A375': evidence }), (to) =>
      to.studyInstanceUID === undefined
        ? undefined
        : `/x/${to.studyInstanceUID}/${to.seriesInstanceUID}/${to.sopInstanceUID}/${to.frames}`,
    );
    expect(page).toContain('<a href="/x/1.2.1/1.2.2/1.2.9/3">image 1.2.9, frame 3</a>');
    expect(page).toContain('<a href="#item-1-1-1">see item 1.1.1</a>');
    expect(page).toContain('<div id="item-1-1-1">');
    expect(page).toContain('title="T-28500, SRT">Left lung<');
  });

  it('names the patient in every script, and who verified', () => {
    const verified = {
      '0040A073': sq({
        '0040A075': { vr: 'PN' as const, Value: [{ Alphabetic: 'Roe^Jane' }] },
        '0040A027': lo('St. Elsewhere'),
        '0040A030': { vr: 'DT' as const, Value: ['20260131'] },
      }),
    };
    const { facts, notices } = readReport(report([], verified));
    expect(facts).toContainEqual(['Patient', 'Yamada, Dr Tarou (山田, 太郎)']);
    expect(facts).toContainEqual(['Verified by', 'Roe, Jane, St. Elsewhere, 2026-01-31']);
    expect(notices).toEqual([]);
  });

  it('warns of what is partial, preliminary, not verified, or replaces another', () => {
    const draft = { '0040A491': cs('PARTIAL'), '0040A493': cs('UNVERIFIED'), '0040A496': cs('PRELIMINARY') };
    const { notices } = readReport(report([], { ...draft, '0040A360': sq({}) }));
    expect(notices).toHaveLength(4);
    expect(reportToHtml(readReport(report([], draft)), () => undefined)).toContain('not verified');
    expect(reportToText(readReport(report([], draft)))).toContain('*** This report is preliminary. ***');
  });

  it('lets no stored text become markup', () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>\u0000`;
    const everywhere = report(
      [
        item('TEXT', evil, { '0040A160': { vr: 'UT', Value: [evil] } }),
        item('CODE', 'c', { '0040A168': sq(code(evil, evil, evil)) }, evil),
        item('IMAGE', 'i', { '00081199': sq(reference(evil, 1)) }),
        { ...item('TEXT', 't'), '0040DB73': { vr: 'UL', Value: [evil] } },
        item(evil, 'v'),
      ],
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: evil }] }, '0040A043': sq(code(evil)) },
    );
    const page = reportToHtml(readReport(everywhere), () => `javascript:"${evil}`);
    expect(
      page.match(
        /<(?!\/?(html|head|meta|title|style|body|h1|p|dl|dt|dd|main|section|div|ul|li|span|a)\b|!DOCTYPE)/g,
      ),
    ).toBeNull();
    // Quotes are left only around attributes: what is in them is no markup.
    expect(page.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/);
    expect(page).not.toContain('\u0000');
    expect(page).toContain('&lt;script&gt;');
  });
});
