import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Part10Reader } from '../../../../server/dicom/read/part10-reader.ts';
import {
  endItem,
  endSequence,
  explicit,
  file,
  implicit,
  item,
  openItem,
  openSequence,
  readError,
  u32,
} from './bytes.ts';

/** Sequences in each other, of undefined lengths. */
function nested(depth: number): Buffer {
  const open = Buffer.concat([openSequence('00081032'), openItem]);
  const close = Buffer.concat([endItem, endSequence]);
  return Buffer.concat([...Array(depth).fill(open), ...Array(depth).fill(close)]);
}

/** Sequences in each other, of defined lengths. */
function nestedDefined(depth: number): Buffer {
  const perLevel = 12 + 8;
  const parts: Buffer[] = [];
  for (let level = 0; level < depth; level++) {
    const rest = (depth - level) * perLevel;
    parts.push(explicit('00081032', 'SQ', '', rest - 12), implicit('FFFEE000', '', rest - perLevel));
  }
  return Buffer.concat(parts);
}

describe('limits', () => {
  it('stop sequences nested 10000 deep', async () => {
    for (const bytes of [nested(10_000), nestedDefined(10_000)]) {
      const error = await readError(file(bytes));
      expect(error?.code).toBe('LIMIT_EXCEEDED');
      expect(error?.message).toContain('nested more than 64 deep');
    }
  });

  it('allow sequences nested 64 deep, and no deeper', async () => {
    for (const make of [nested, nestedDefined]) {
      expect(await readError(file(make(64)))).toBeUndefined();
      expect((await readError(file(make(65))))?.code).toBe('LIMIT_EXCEEDED');
    }
  });

  it('stop sequences within UN nested 10000 deep, without recursion', async () => {
    const open = Buffer.concat([implicit('00081032', '', 0xffffffff), openItem]);
    const close = Buffer.concat([endItem, endSequence]);
    const deep = Buffer.concat([
      openItem,
      ...Array(10_000).fill(open),
      ...Array(10_000).fill(close),
      endItem,
    ]);
    const inUnknown = Buffer.concat([openSequence('00081032', 'UN'), deep, endSequence]);
    expect((await readError(file(inUnknown)))?.code).toBe('LIMIT_EXCEEDED');
    // of defined length it is not taken for a sequence at all
    expect(await readError(file(explicit('00081032', 'UN', deep)))).toBeUndefined();
  });

  it('stop too many elements', async () => {
    const many = Buffer.concat(Array(2000).fill(item()));
    const bytes = file([openSequence('00081032'), many, endSequence]);
    expect((await readError(bytes, { limits: { elements: 1000 } }))?.message).toContain(
      'more than 1000 elements',
    );
    expect(await readError(bytes, { limits: { elements: 3000 } })).toBeUndefined();
  });

  it('stop too much metadata', async () => {
    const bytes = file(explicit('0040A160', 'UT', 'x'.repeat(200_000)));
    expect((await readError(bytes, { limits: { jsonBytes: 100_000 } }))?.code).toBe('LIMIT_EXCEEDED');
  });

  it('stop values that are too long to be inline where they can not be bulk data', async () => {
    const bytes = file(implicit('00081030', 'x'.repeat(5000)), '1.2.840.10008.1.2');
    expect((await readError(bytes, { limits: { valueBytes: 4000 } }))?.code).toBe('LIMIT_EXCEEDED');
  });

  it('stop too many fragments and too long an offset table', async () => {
    const fragments = Buffer.concat(Array(100).fill(item(Buffer.alloc(2))));
    const bytes = file(
      [openSequence('7FE00010', 'OB'), item(), fragments, endSequence],
      '1.2.840.10008.1.2.5',
    );
    expect((await readError(bytes, { limits: { fragments: 99 } }))?.message).toContain(
      'more than 99 fragments',
    );
    expect(await readError(bytes, { limits: { fragments: 100 } })).toBeUndefined();
    const bomb = file(
      [openSequence('7FE00010', 'OB'), implicit('FFFEE000', '', 0xfffffff0)],
      '1.2.840.10008.1.2.5',
    );
    expect((await readError(bomb))?.code).toBe('LIMIT_EXCEEDED');
  });

  it('keep the list of warnings short', async () => {
    const elements = Array.from({ length: 50 }, () => explicit('00080060', 'CS', 'CT'));
    const reader = new Part10Reader({ limits: { warnings: 10 } });
    await reader.write(file(elements));
    const { warnings } = await reader.end();
    expect(warnings).toHaveLength(11);
    expect(warnings[10]).toBe('and 88 more warnings');
  });

  it('of a deflated data set stop a bomb', async () => {
    const bomb = file(
      deflateRawSync(Buffer.concat([explicit('00420011', 'OB', '', 0x7fffffff), Buffer.alloc(64 * 2 ** 20)])),
      '1.2.840.10008.1.2.1.99',
    );
    expect(bomb.length).toBeLessThan(100_000);
    const error = await readError(bomb);
    expect(error?.code).toBe('LIMIT_EXCEEDED');
    expect(error?.offsetBytes).toBeLessThan(40 * 2 ** 20);
    const limits = { inflateRatio: 5000, inflatedBytes: 32 * 2 ** 20 };
    expect((await readError(bomb, { limits }))?.offsetBytes).toBeLessThan(34 * 2 ** 20);
    // the ratio alone is not what matters: up to 16 MiB anything goes
    const fine = file(
      deflateRawSync(explicit('00420011', 'OB', Buffer.alloc(2 ** 20))),
      '1.2.840.10008.1.2.1.99',
    );
    expect(await readError(fine)).toBeUndefined();
  });
});

describe('declared lengths', () => {
  it.each([
    ['a text', explicit('0040A160', 'UT', '', 0x7ffffffe), 'TRUNCATED'],
    ['bytes', explicit('00420011', 'OB', '', 0xfffffffe), 'TRUNCATED'],
    ['numbers', explicit('00091001', 'UV', '', 0xfffffff8), 'TRUNCATED'],
    ['a sequence', explicit('00081032', 'SQ', '', 0xfffffffe), 'MALFORMED'],
    ['an item', explicit('00081032', 'SQ', implicit('FFFEE000', '', 0xfffffffe), 0xfffffffe), 'MALFORMED'],
    ['a UN that may be a sequence', explicit('00081032', 'UN', '', 0xfffffffe), 'TRUNCATED'],
    ['pixel data', explicit('7FE00010', 'OW', '', 0xfffffffe), 'TRUNCATED'],
    ['an Extended Offset Table', explicit('7FE00001', 'OV', '', 0xfffffff8), 'TRUNCATED'],
    ['a group length', explicit('00080000', 'OB', '', 0xfffffffe), 'TRUNCATED'],
  ])('allocate nothing: %s', async (_, element, code) => {
    const before = process.memoryUsage();
    for (let i = 0; i < 20; i++)
      expect((await readError(file([element, Buffer.alloc(16)])))?.code).toBe(code);
    const after = process.memoryUsage();
    expect(after.rss + after.external - before.rss - before.external).toBeLessThan(64 * 2 ** 20);
  });

  it('of gigabytes of pixel data are passed over in little memory', async () => {
    const reader = new Part10Reader();
    const chunk = new Uint8Array(2 ** 20);
    await reader.write(file(explicit('7FE00010', 'OW', '', 1024 * 2 ** 20)));
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 1024; i++) await reader.write(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
    const { pixelData, bulkData } = await reader.end();
    expect(pixelData?.lengthBytes).toBe(1024 * 2 ** 20);
    expect(bulkData).toHaveLength(1);
  });

  it('of a value that arrives byte by byte cost no quadratic time', async () => {
    const bytes = file([explicit('0040A160', 'UT', 'x'.repeat(500_000)), u32(0)]);
    const reader = new Part10Reader();
    for (const byte of bytes) await reader.write(Uint8Array.of(byte));
    expect((await reader.end()).dataSet['0040A160']?.Value?.[0]).toHaveLength(500_000);
  });
});
