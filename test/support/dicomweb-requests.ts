import { randomUUID } from 'node:crypto';

/** The few DICOMweb requests of the check scripts, with nothing of the server's code. */

export interface StoredReference {
  study: string;
  series: string;
  instance: string;
}

type Json = Record<string, { Value?: unknown[] } | undefined>;

/** Stores instances in one request; answers the SOP Instance UIDs that the server says are stored. Throws where no answer comes. */
export async function storeInstances(
  url: string,
  instances: readonly Uint8Array[],
  headers: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const boundary = randomUUID();
  const body = Buffer.concat([
    ...instances.flatMap((bytes) => [
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  const response = await fetch(`${url}/dicom-web/studies`, {
    method: 'POST',
    headers: {
      ...headers,
      'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      Accept: 'application/dicom+json',
    },
    body,
  });
  const text = await response.text();
  if (![200, 202, 409].includes(response.status)) throw new Error(`${response.status} ${text.slice(0, 200)}`);
  // (0008,1199) Referenced SOP Sequence, (0008,1155) Referenced SOP Instance UID.
  const referenced = ((JSON.parse(text) as Json)['00081199']?.Value ?? []) as Json[];
  return referenced.map((item) => String(item['00081155']?.Value?.[0]));
}

/** Every instance that Search shows, page by page. */
export async function searchInstances(url: string): Promise<StoredReference[]> {
  const pageSize = 100;
  const found: StoredReference[] = [];
  for (;;) {
    const response = await fetch(`${url}/dicom-web/instances?limit=${pageSize}&offset=${found.length}`, {
      headers: { Accept: 'application/dicom+json' },
    });
    if (response.status === 204) return found;
    if (response.status !== 200) throw new Error(`search: ${response.status} ${await response.text()}`);
    const page = (await response.json()) as Json[];
    if (page.length === 0) return found;
    for (const item of page) {
      found.push({
        study: String(item['0020000D']?.Value?.[0]),
        series: String(item['0020000E']?.Value?.[0]),
        instance: String(item['00080018']?.Value?.[0]),
      });
    }
  }
}

/** The bytes of an instance as they were stored, cut out of the multipart answer. Throws unless it is one whole part. */
export async function retrieveInstance(
  url: string,
  reference: StoredReference,
  headers: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const { study, series, instance } = reference;
  const response = await fetch(`${url}/dicom-web/studies/${study}/series/${series}/instances/${instance}`, {
    headers: { ...headers, Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200)
    throw new Error(`retrieve: ${response.status} ${body.toString('utf8', 0, 200)}`);
  const boundary = /boundary="?([^";]+)/.exec(response.headers.get('content-type') ?? '')?.[1];
  const begin = body.indexOf('\r\n\r\n') + 4;
  const end = body.lastIndexOf(`\r\n--${boundary}--`);
  if (boundary === undefined || begin < 4 || end < begin) throw new Error('retrieve: not one whole part');
  return body.subarray(begin, end);
}
