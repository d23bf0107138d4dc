import type { JsonDataSet, JsonElement } from './data-set.ts';
import { RequestError, readJson, toRequestError } from './request-error.ts';

function toBase64(bytes: Uint8Array): string {
  const blocks: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    blocks.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(blocks.join(''));
}

async function fetchElement(element: JsonElement, signal?: AbortSignal): Promise<JsonElement> {
  let response: Response;
  try {
    response = await fetch(element.BulkDataURI ?? '', {
      credentials: 'same-origin',
      // Single part: PS3.18 8.7.5.
      headers: { Accept: 'application/octet-stream' },
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    throw new RequestError(0, 'No answer', { cause });
  }
  if (!response.ok) throw toRequestError(response.status, await readJson(response));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { ...(element.vr ? { vr: element.vr } : {}), InlineBinary: toBase64(bytes) };
}

/**
 * The same data set with the named attributes inline that the archive gave as BulkDataURI. Only for tables of at most
 * 128 KiB; pixel data has its own way. @throws RequestError
 */
export async function withInlineTables(
  dataSet: JsonDataSet,
  tagsOfTables: readonly string[],
  signal?: AbortSignal,
): Promise<JsonDataSet> {
  const fetched: Record<string, JsonElement> = {};
  for (const tag of tagsOfTables) {
    const element = dataSet[tag];
    if (element?.BulkDataURI !== undefined) fetched[tag] = await fetchElement(element, signal);
  }
  return Object.keys(fetched).length > 0 ? { ...dataSet, ...fetched } : dataSet;
}
