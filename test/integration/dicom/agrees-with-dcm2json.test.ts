import { expect, it } from 'vitest';
import type { DataElement, DataSet } from '../../../server/dicom/data-set.ts';
import { DicomReadError } from '../../../server/dicom/dicom-errors.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';
import { swapped } from '../../../server/dicom/read/value-conversion.ts';
import { vrTraits } from '../../../server/dicom/value-representations.ts';
import { dcm2json } from './dcm2json.ts';
import { type Difference, justifiedDifferences } from './dcm2json-differences.ts';
import {
  addressedBytes,
  describeWithSharedFiles,
  forEachOfTwo,
  readInstance,
  readShared,
  sharedFiles,
  sharedFolder,
} from './shared-files.ts';

const noCodeExtensions = 'ISO 2022: not in the C library that Debian builds DCMTK with';

/** What we read and dcm2json doesn't. */
const dcm2jsonFails: [RegExp, string][] = [
  [/^charset\/pydicom\/chr(H3|JapMulti)/, noCodeExtensions],
  [/^misc\/dicom2nifti\//, noCodeExtensions],
  [/^color\/pydicom\/SC_rgb_jpeg\.dcm$/, 'implicit VR under an explicit VR transfer syntax'],
  [/^sr\/adit\/00001\.dcm$/, 'Latin-1 text although no character set is given'],
  [/^us-xa\/dicomparser\/IM00001\.fragmented/, 'a misspelt character set, "ISO_IR 100" with a hyphen'],
];

/** What dcm2json reads and we refuse, with the code. */
const weRefuse: Record<string, string> = {
  // the last directory record declares 248 bytes, 24 more than the file has left; DCMTK takes what there is
  'dicomdir/dicomdirtests/DICOMDIR-nooffset': 'MALFORMED',
};

/** All differences between two data sets, through all depths. */
function* differences(
  ours: DataSet,
  theirs: DataSet,
  path: string,
): Generator<Omit<Difference, 'file' | 'instance'>> {
  const tags = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  for (const tag of [...tags].sort()) {
    const [a, b] = [ours[tag], theirs[tag]];
    if (a?.vr === 'SQ' && b?.vr === 'SQ' && a.Value?.length === b.Value?.length) {
      const items = (a.Value ?? []) as DataSet[];
      for (const [i, item] of items.entries())
        yield* differences(item, (b.Value?.[i] ?? {}) as DataSet, `${path}${tag}/${i + 1}/`);
    } else if (JSON.stringify(a) !== JSON.stringify(b)) yield { path: path + tag, tag, ours: a, theirs: b };
  }
}

/** Our data set with the bulk data in it, as dcm2json gives it; encapsulated pixel data left out. */
function withBulkData(instance: ParsedInstance, bytes: Uint8Array): DataSet {
  const addressed = addressedBytes(bytes, instance);
  const bulkData = new Map(instance.bulkData.map((entry) => [entry.path, entry]));
  const swap = instance.transferSyntaxUID === '1.2.840.10008.1.2.2';
  return inlined(instance.dataSet);

  function inlined(dataSet: DataSet): DataSet {
    const result: DataSet = {};
    for (const [tag, element] of Object.entries(dataSet)) {
      if (tag === '7FE00010' && instance.pixelData?.encapsulated && element === instance.dataSet[tag])
        continue;
      result[tag] =
        element.vr === 'SQ' && element.Value
          ? { vr: 'SQ', Value: (element.Value as DataSet[]).map(inlined) }
          : inlinedElement(element);
    }
    return result;
  }

  function inlinedElement(element: DataElement): DataElement {
    const entry = element.BulkDataURI === undefined ? undefined : bulkData.get(element.BulkDataURI);
    if (!entry) return element;
    const value = addressed.subarray(entry.offsetBytes, entry.offsetBytes + entry.lengthBytes);
    const little = swap ? swapped(value, vrTraits(entry.vr).unitBytes) : value;
    return { vr: element.vr, InlineBinary: Buffer.from(little).toString('base64') };
  }
}

describeWithSharedFiles('DICOM JSON of the shared files', () => {
  it('is what dcm2json makes of them, but for the justified differences', { timeout: 300_000 }, async () => {
    const problems: string[] = [];
    const used = new Set<string>();
    let compared = 0;
    await forEachOfTwo(sharedFiles(), async (file) => {
      const bytes = readShared(file);
      const theirs = await dcm2json(sharedFolder + file);
      const instance = await readInstance(bytes, 65536).catch((error: unknown) => error);
      if (instance instanceof DicomReadError) {
        if (theirs && weRefuse[file] !== instance.code)
          problems.push(`${file}: refused, ${instance.message}`);
        return;
      }
      if (!theirs) {
        if (!dcm2jsonFails.some(([pattern]) => pattern.test(file)))
          problems.push(`${file}: dcm2json fails, we don't`);
        return;
      }
      compared++;
      const parsed = instance as ParsedInstance;
      for (const difference of differences(withBulkData(parsed, bytes), theirs, '')) {
        const full = { ...difference, file, instance: parsed };
        const justified = justifiedDifferences.find(({ applies }) => applies(full));
        if (justified) used.add(justified.why);
        else
          problems.push(
            `${file} ${difference.path}: ${shown(difference.ours)} and not ${shown(difference.theirs)}`,
          );
      }
    });
    expect(problems).toEqual([]);
    expect(compared).toBeGreaterThan(700);
    // what no file needs any more is to be removed from the table
    expect([...used].sort()).toEqual(justifiedDifferences.map(({ why }) => why).sort());
  });
});

function shown(element: DataElement | undefined): string {
  return JSON.stringify(element)?.slice(0, 120) ?? 'nothing';
}
