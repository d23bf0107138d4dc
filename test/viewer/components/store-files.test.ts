// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import { storeFiles } from '../../../viewer/dicomweb/store.ts';
import { tags } from '../../../viewer/dicomweb/tags.ts';
import { makeDataSet } from './make-data-set.ts';

/** What the archive answers to the names of the files in a request: a status and a body. */
let answer: (names: readonly string[]) => { status: number; body: JsonDataSet };
const requests: string[][] = [];

/** A connection to an archive that gets the names of files as their bytes. */
class FakeRequest {
  readonly upload = { addEventListener: vi.fn() };
  onreadystatechange: () => void = () => {};
  onload: () => void = () => {};
  readyState = 0;
  status = 0;
  response: unknown;
  responseType = '';
  open(): void {}
  setRequestHeader(): void {}
  getResponseHeader(): string {
    return 'application/dicom+json';
  }
  getAllResponseHeaders(): string {
    return 'content-type: application/dicom+json';
  }
  addEventListener(): void {}
  send(body: ArrayBuffer | Uint8Array): void {
    const names = [...new TextDecoder().decode(body).matchAll(/<(.+?)>/g)].map((match) => match[1] ?? '');
    requests.push(names);
    const { status, body: response } = answer(names);
    Object.assign(this, { status, response, readyState: 4 });
    queueMicrotask(() => this.onreadystatechange());
  }
}

const file = (name: string, sopInstanceUID?: string) => ({
  name,
  bytes: new TextEncoder().encode(`<${name}>`).buffer,
  ...(sopInstanceUID ? { sopInstanceUID } : {}),
});
const refusal = {
  ...makeDataSet({ FailureReason: 0xc000 }),
  [tags.FailedAttributesSequence]: { Value: [makeDataSet({ ErrorComment: 'no DICOM' })] },
};

/** Refuses what has `bad` in its name, without a UID; stores the rest under UIDs of its own. */
function storeAllButBad(names: readonly string[]) {
  const bad = names.filter((name) => name.includes('bad'));
  const good = names.filter((name) => !name.includes('bad'));
  const referenced = good.map((name) => makeDataSet({ ReferencedSOPInstanceUID: `uid-of-${name}` }));
  const body: JsonDataSet = {
    ...(bad.length > 0 ? { [tags.OtherFailuresSequence]: { Value: bad.map(() => refusal) } } : {}),
    ...(good.length > 0 ? { [tags.ReferencedSOPSequence]: { Value: referenced } } : {}),
  };
  return { status: bad.length === 0 ? 200 : good.length > 0 ? 202 : 409, body };
}

describe('storing a batch', () => {
  beforeEach(() => {
    requests.length = 0;
    answer = storeAllButBad;
    vi.stubGlobal('XMLHttpRequest', FakeRequest);
  });

  it('never reports as stored what was refused', async () => {
    const outcomes = await storeFiles([file('bad'), file('c', 'another-uid')]);
    expect(outcomes).toEqual([
      { name: 'bad', stored: false, failureReason: 0xc000, explanation: 'no DICOM' },
      { name: 'c', stored: true },
    ]);
    expect(requests).toEqual([['bad', 'c'], ['bad'], ['c']]);
  });

  it('gives the reason when nothing in it is DICOM', async () => {
    const refused = { stored: false, failureReason: 0xc000, explanation: 'no DICOM' };
    expect(await storeFiles([file('bad 1'), file('bad 2')])).toEqual([
      { name: 'bad 1', ...refused },
      { name: 'bad 2', ...refused },
    ]);
    expect(requests).toHaveLength(1);
  });

  it('asks once when the answer is clear', async () => {
    expect(await storeFiles([file('a', 'uid-of-a'), file('bad')])).toEqual([
      { name: 'a', stored: true },
      { name: 'bad', stored: false, failureReason: 0xc000, explanation: 'no DICOM' },
    ]);
    expect(requests).toHaveLength(1);
  });

  it('takes an answer without a response document for the failure of all', async () => {
    answer = () => ({ status: 503, body: { title: 'Not now' } as unknown as JsonDataSet });
    expect(await storeFiles([file('a'), file('b')])).toEqual([
      { name: 'a', stored: false, explanation: 'Not now' },
      { name: 'b', stored: false, explanation: 'Not now' },
    ]);
  });
});
