/** The answer to a GET, whole. Anything but 200 throws. */
export async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ body: Buffer; headers: Headers }> {
  const answer = await fetch(url, { headers });
  const body = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200)
    throw new Error(`${url} was answered ${answer.status}: ${body.toString().slice(0, 300)}`);
  return { body, headers: answer.headers };
}

export const asJson = { Accept: 'application/dicom+json' };
export const instancesAsStored = { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
export const framesAsStored = {
  Accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*',
};

/** How many results a search or metadata answer has; an answer of another number throws, so that no error is measured. */
export async function expectResults(url: string, count: number): Promise<void> {
  const { body } = await get(url, asJson);
  const results: unknown = JSON.parse(body.toString());
  if (!Array.isArray(results) || results.length !== count)
    throw new Error(`${url}: ${Array.isArray(results) ? results.length : 'no'} results, not ${count}`);
}
