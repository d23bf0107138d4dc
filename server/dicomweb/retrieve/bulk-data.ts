import type { Context } from 'koa';
import { type ByteRange, lookInside, readBulkValue } from '../../archive/retrieve/retrieve-inside.ts';
import { findInstance, revisionOfInstance } from '../../archive/retrieve/retrieve-instances.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, sendMultipart, sendSized } from '../answer.ts';
import { acceptedBy, notAcceptable, takes } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { sendFrames } from './frames.ts';

const OCTETS = 'application/octet-stream';

/** Retrieve Bulk Data by the BulkDataURI of an instance's metadata (PS3.18 10.4.1.1.5), as stored; numbers are little endian. */
export async function retrieveBulkData(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const path = (parameters.path ?? '').toUpperCase();
  const instance = await findInstance(service.archive, scopeOf(parameters));
  const inside = await lookInside(service.archive, instance);
  const { pixelData } = inside;
  if (pixelData?.encapsulated && pixelData.tag === path) {
    // PS3.18 8.7.3.3: compressed pixel data goes frame by frame, in its own media type; not as one value.
    if (pixelData.numberOfFrames === 0)
      throw new HttpError(404, 'Where the frames of this instance lie is not known.');
    return sendFrames(
      service,
      context,
      inside,
      Array.from({ length: pixelData.numberOfFrames }, (_, i) => i + 1),
      // PS3.18 10.4.3.3.6: as the metadata have it.
      (url) => `${url}/bulkdata/${path}`,
    );
  }
  const entry = inside.bulkData.find((candidate) => candidate.path === path);
  if (!entry) throw new HttpError(404, 'The instance has no bulk value of that name.');
  const url = `${instanceUrl(rootUrl(context, service.publicUrl), instance)}/bulkdata/${path}`;
  const inParts = wantsParts(context);
  const { state, changedAt } = revisionOfInstance(instance);
  if (answeredUnchanged(context, ['bulkdata', state, path, inParts ? url : ''], changedAt)) return;
  const read = (range?: ByteRange) => readBulkValue(service.archive, inside, entry, range);
  if (inParts) return sendMultipart(context, OCTETS, onePart(read(), url));
  await sendSized(context, { type: OCTETS, sizeBytes: entry.lengthBytes, read });
}

function wantsParts(context: Context): boolean {
  for (const range of acceptedBy(context)) {
    if (range.type === 'multipart/related' || range.type === 'multipart/*') {
      const inner = range.parameters.type?.toLowerCase() ?? '*/*';
      if (takes({ ...range, type: inner }, OCTETS, true)) return true;
    } else if (takes(range, OCTETS)) return false;
  }
  throw notAcceptable([`multipart/related; type="${OCTETS}"`, OCTETS]);
}

async function* onePart(body: AsyncIterable<Uint8Array>, url: string): AsyncGenerator<OutgoingPart> {
  yield { headers: { 'Content-Type': OCTETS, 'Content-Location': url }, body };
}
