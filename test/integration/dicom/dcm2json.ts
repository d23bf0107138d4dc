import { execFile } from 'node:child_process';
import type { DataSet } from '../../../server/dicom/data-set.ts';

/** Exit code of dcm2json for encapsulated pixel data, at which it stops: "write to JSON not supported". */
const stoppedAtPixelData = 81;

/**
 * DICOM JSON as DCMTK makes it. Encapsulated pixel data, which it can't write, is left out; `undefined` where it gives
 * up altogether.
 */
export function dcm2json(path: string): Promise<DataSet | undefined> {
  // -ee: infinities and NaN are numbers to it by default, and an error
  const call = ['-fc', '-ee', '-q', path];
  return new Promise((resolve, reject) => {
    execFile('dcm2json', call, { maxBuffer: 2 ** 28, encoding: 'utf8' }, (error, stdout) => {
      if (error && typeof error.code === 'string') reject(error);
      else if (error && Number(error.code) !== stoppedAtPixelData) resolve(undefined);
      else resolve(parsed(stdout, path));
    });
  });
}

function parsed(json: string, path: string): DataSet | undefined {
  try {
    // at pixel data it has written the comma already, at the end or inside an item with an icon
    return JSON.parse(withQuotedNumbers(json).replace(/,(?=\})/g, '')) as DataSet;
  } catch (error) {
    process.stderr.write(`dcm2json wrote no JSON for ${path}: ${String(error)}\n`);
    return undefined;
  }
}

/** `inf` and `nan` are no JSON. */
function withQuotedNumbers(json: string): string {
  return json.replace(/([[,])(-?inf|-?nan)(?=[\],])/g, '$1"$2"');
}
