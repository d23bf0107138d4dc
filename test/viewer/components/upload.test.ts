import { describe, expect, it, vi } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import { filesOfDrop } from '../../../viewer/dicomweb/dropped-files.ts';
import { readPart10Head } from '../../../viewer/dicomweb/part10-head.ts';
import { readStoreResponse } from '../../../viewer/dicomweb/store.ts';
import { tags } from '../../../viewer/dicomweb/tags.ts';
import { makeBatches, uploadFiles } from '../../../viewer/dicomweb/upload.ts';
import { formatBytes } from '../../../viewer/screens/study-list/format-bytes.ts';
import { makeDataSet } from './make-data-set.ts';

const megabyte = 1024 * 1024;

describe('makeBatches', () => {
  it('limits files and bytes of a request', () => {
    const many = Array.from({ length: 45 }, () => ({ size: 1 }));
    expect(makeBatches(many).map((batch) => batch.length)).toEqual([20, 20, 5]);
    const large = [10, 20, 10, 5].map((megabytes) => ({ size: megabytes * megabyte }));
    expect(makeBatches(large).map((batch) => batch.length)).toEqual([2, 2]);
  });

  it('sends a file beyond the limit alone', () => {
    const sizes = [1, 500, 1].map((megabytes) => ({ size: megabytes * megabyte }));
    expect(makeBatches(sizes).map((batch) => batch.length)).toEqual([1, 1, 1]);
    expect(makeBatches([])).toEqual([]);
  });
});

describe('readStoreResponse', () => {
  const file = (name: string, sopInstanceUID?: string) => ({
    name,
    bytes: new ArrayBuffer(0),
    ...(sopInstanceUID ? { sopInstanceUID } : {}),
  });
  const response = (stored: string[], failed: JsonDataSet[]): JsonDataSet => ({
    [tags.ReferencedSOPSequence]: {
      Value: stored.map((uid) => makeDataSet({ ReferencedSOPInstanceUID: uid })),
    },
    [tags.FailedSOPSequence]: { Value: failed },
  });

  it('matches outcomes to files by UID, in any order', () => {
    const answer = response(['2'], [makeDataSet({ ReferencedSOPInstanceUID: '1', FailureReason: 0xc000 })]);
    expect(readStoreResponse([file('a', '1'), file('b', '2')], answer)).toEqual([
      { name: 'a', stored: false, failureReason: 0xc000 },
      { name: 'b', stored: true },
    ]);
  });

  it('gives failures without UID to the files without UID', () => {
    const answer = response(['2'], [makeDataSet({ FailureReason: 0xc000, ErrorComment: 'no preamble' })]);
    expect(readStoreResponse([file('notes.txt'), file('b', '2')], answer)).toEqual([
      { name: 'notes.txt', stored: false, failureReason: 0xc000, explanation: 'no preamble' },
      { name: 'b', stored: true },
    ]);
  });

  it('finds the comment inside the Failed Attributes Sequence', () => {
    const failure = {
      ...makeDataSet({ ReferencedSOPInstanceUID: '1', FailureReason: 0xa900 }),
      '00741048': { Value: [makeDataSet({ ErrorComment: 'StudyInstanceUID is missing' })] },
    };
    expect(readStoreResponse([file('a', '1')], response([], [failure]))[0]).toMatchObject({
      explanation: 'StudyInstanceUID is missing',
    });
  });

  it('never takes a file that the answer does not mention for stored', () => {
    expect(readStoreResponse([file('a', '1')], response([], []))).toEqual([{ name: 'a', stored: false }]);
  });

  const unnamed = (...failures: JsonDataSet[]): JsonDataSet => ({
    [tags.OtherFailuresSequence]: { Value: failures },
  });
  const notDicom = {
    ...makeDataSet({ FailureReason: 0xc000 }),
    [tags.FailedAttributesSequence]: { Value: [makeDataSet({ ErrorComment: 'no DICOM' })] },
  };

  it('reads the reasons of failures that have no UID', () => {
    expect(readStoreResponse([file('a.txt'), file('b.txt')], unnamed(notDicom, notDicom))).toEqual([
      { name: 'a.txt', stored: false, failureReason: 0xc000, explanation: 'no DICOM' },
      { name: 'b.txt', stored: false, failureReason: 0xc000, explanation: 'no DICOM' },
    ]);
  });

  it('tells nothing by order: the stored one may be any of the files', () => {
    const answer = { ...response(['3'], []), ...unnamed(notDicom) };
    expect(readStoreResponse([file('b'), file('c', '2')], answer)).toEqual([undefined, undefined]);
    // The data set of c bears the UID that the File Meta Information of a does, and a was refused.
    const swapped = { ...response(['1'], []), ...unnamed(notDicom) };
    expect(readStoreResponse([file('a', '1'), file('c', '2')], swapped)).toEqual([undefined, undefined]);
  });

  it('tells nothing of two files with one UID of which one failed', () => {
    const answer = response(
      ['1', '2'],
      [makeDataSet({ ReferencedSOPInstanceUID: '1', FailureReason: 0x111 })],
    );
    expect(readStoreResponse([file('a', '1'), file('b', '1'), file('c', '2')], answer)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('knows that all are stored when so many are', () => {
    expect(readStoreResponse([file('a', '1'), file('b')], response(['1', '9'], []))).toEqual([
      { name: 'a', stored: true },
      { name: 'b', stored: true },
    ]);
  });
});

describe('filesOfDrop', () => {
  const dicom = new File(['x'], 'a.dcm');
  const fileEntry = (name: string, file?: File) => ({
    isFile: true,
    fullPath: `/${name}`,
    file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
      file ? resolve(file) : reject(new DOMException('gone', 'NotFoundError')),
  });
  const folder = (name: string, ...batches: (object[] | Error)[]) => ({
    isFile: false,
    fullPath: `/${name}`,
    createReader: () => ({
      readEntries(resolve: (entries: object[]) => void, reject: (error: Error) => void) {
        const batch = batches.shift() ?? [];
        if (batch instanceof Error) reject(batch);
        else resolve(batch);
      },
    }),
  });
  const drop = (...entries: object[]) =>
    ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) }) as unknown as DataTransfer;

  it('names what can not be read and takes the rest', async () => {
    const mixed = folder('ct', [fileEntry('ct/gone.dcm'), fileEntry('ct/a.dcm', dicom)], [folder('ct/more')]);
    const locked = folder('locked', [fileEntry('locked/a.dcm', dicom)], new Error('not permitted'));
    const { files, unreadable } = await filesOfDrop(drop(mixed, locked, fileEntry('b.dcm', dicom)));
    expect(files).toHaveLength(3);
    expect(unreadable).toEqual([
      { name: 'ct/gone.dcm', stored: false, explanation: 'NotFoundError: gone' },
      { name: 'locked', stored: false, explanation: 'Error: not permitted' },
    ]);
  });

  it('has what could not be read reported with the upload', async () => {
    const unreadable = [{ name: 'gone.dcm', stored: false, explanation: 'gone' }];
    const onProgress = vi.fn();
    const progress = await uploadFiles([], { signal: new AbortController().signal, onProgress, unreadable });
    expect(progress).toMatchObject({ filesTotal: 1, filesDone: 1, stored: 0, failures: unreadable });
  });
});

describe('readPart10Head', () => {
  const element = (number: number, vr: string, value: string): number[] => {
    const padded = value.length % 2 ? `${value}\0` : value;
    const head = [0x02, 0x00, number, 0x00, vr.charCodeAt(0), vr.charCodeAt(1), padded.length, 0];
    return [...head, ...[...padded].map((character) => character.charCodeAt(0))];
  };
  const file = (...elements: number[][]) =>
    Uint8Array.from([...new Array(128).fill(0), 0x44, 0x49, 0x43, 0x4d, ...elements.flat()]);

  it('reads the UIDs of the File Meta Information', () => {
    const versions = [0x02, 0, 0x01, 0, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1];
    const head = readPart10Head(
      file(versions, element(2, 'UI', '1.2.840.10008.1.3.10'), element(3, 'UI', '1.2.3')),
    );
    expect(head).toEqual({
      isDicomFile: true,
      mediaStorageSOPClassUID: '1.2.840.10008.1.3.10',
      mediaStorageSOPInstanceUID: '1.2.3',
    });
  });

  it('says what is no DICOM file, and survives a cut one', () => {
    expect(readPart10Head(new TextEncoder().encode('hello'))).toEqual({ isDicomFile: false });
    expect(readPart10Head(file(element(3, 'UI', '1.2.3')).subarray(0, 141))).toEqual({ isDicomFile: true });
  });
});

describe('formatBytes', () => {
  it('is short', () => {
    expect([0, 999, 1500, 12_345_678, 3e9].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '12 MB',
      '3.0 GB',
    ]);
  });
});
