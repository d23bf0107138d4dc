/** Multipart bodies (RFC 2046 5.1) put together and taken apart byte by byte, with nothing of the server's own code. */

export interface Part {
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

export const DICOM_PART = 'Content-Type: application/dicom\r\n';

/** A body of `parts`, each under `headers` (lines with their line ends). */
export function multipartBody(
  parts: readonly Uint8Array[],
  { boundary = 'XX', headers = DICOM_PART }: { boundary?: string; headers?: string } = {},
): Buffer {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headers}\r\n`),
    part,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** Takes apart an answer, strictly: throws where it is not exactly as RFC 2046 has it. */
export function parseMultipart(contentType: string, body: Buffer): Part[] {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)?.slice(1).find(Boolean);
  if (!boundary) throw new Error(`no boundary in ${contentType}`);
  const open = Buffer.from(`--${boundary}\r\n`);
  const next = Buffer.from(`\r\n--${boundary}\r\n`);
  const end = Buffer.from(`\r\n--${boundary}--`);
  if (!body.subarray(0, open.length).equals(open)) throw new Error('the body does not begin with a boundary');
  const parts: Part[] = [];
  let at = open.length;
  for (;;) {
    const headEnd = body.indexOf('\r\n\r\n', at);
    const toNext = body.indexOf(next, headEnd);
    const toEnd = body.indexOf(end, headEnd);
    const stop = toNext >= 0 && toNext < toEnd ? toNext : toEnd;
    if (headEnd < 0 || stop < 0) throw new Error('a part has no end');
    const lines = body.subarray(at, headEnd).toString('latin1').split('\r\n');
    const headers = lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
    parts.push({ headers: Object.fromEntries(headers), body: body.subarray(headEnd + 4, stop) });
    if (stop === toEnd) return parts;
    at = stop + next.length;
  }
}
