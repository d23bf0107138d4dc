import { TRANSFER_SYNTAXES, type TransferSyntax } from '../../dicom/transfer-syntaxes.ts';
import type { MediaRange } from '../../http/media-type.ts';
import { takes } from '../negotiation.ts';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** How an instance or frame can be given: as one part of a multipart/related answer, or alone. */
export interface Representation {
  multipart: boolean;
  mediaType: string;
  transferSyntaxUID: string;
}

/** What a range of the Accept header asks for: a type, in parts or alone. */
interface Wanted {
  multipart: boolean | undefined;
  type: string;
  transferSyntax: string | undefined;
}

function wantedBy(range: MediaRange): Wanted {
  const transferSyntax = range.parameters['transfer-syntax'];
  const anything = { multipart: undefined, type: '*/*', transferSyntax };
  if (range.type === 'multipart/related') {
    return { multipart: true, type: range.parameters.type?.toLowerCase() ?? '*/*', transferSyntax };
  }
  if (range.type === 'multipart/*') return { ...anything, multipart: true };
  if (range.type === '*/*') return anything;
  return { multipart: false, type: range.type, transferSyntax };
}

/**
 * True where a range that takes `type` takes it in `transferSyntaxUID`. Without the parameter it is the type's default
 * (PS3.18 8.7.3.5.2); a range that leaves the type open leaves the encoding open too.
 */
function takesEncoding(wanted: Wanted, transferSyntaxUID: string, defaultUID: string): boolean {
  if (wanted.transferSyntax === '*') return true;
  if (wanted.transferSyntax !== undefined) return wanted.transferSyntax === transferSyntaxUID;
  return wanted.type === '*/*' || transferSyntaxUID === defaultUID;
}

/** Whether the answer can be `candidates`' first that the client takes: the client's order first, then ours. */
function choose(
  ranges: readonly MediaRange[],
  candidates: readonly (Representation & { defaultUID: string })[],
): Representation | undefined {
  for (const range of ranges) {
    const wanted = wantedBy(range);
    const found = candidates.find(
      (candidate) =>
        (wanted.multipart === undefined || wanted.multipart === candidate.multipart) &&
        takes({ ...range, type: wanted.type }, candidate.mediaType) &&
        takesEncoding(wanted, candidate.transferSyntaxUID, candidate.defaultUID),
    );
    if (found) return found;
  }
  return undefined;
}

/**
 * How to give instances stored in `transferSyntaxUID`, without transcoding; undefined where the client takes none of that.
 * `single`: the resource is one instance, which may come without multipart.
 */
export function chooseInstanceEncoding(
  ranges: readonly MediaRange[],
  transferSyntaxUID: string,
  single: boolean,
): Representation | undefined {
  const parts = {
    multipart: true,
    mediaType: 'application/dicom',
    transferSyntaxUID,
    defaultUID: EXPLICIT_VR_LITTLE_ENDIAN,
  };
  return choose(ranges, single ? [parts, { ...parts, multipart: false }] : [parts]);
}

/**
 * How to give frames stored in `stored`, without transcoding (PS3.18 Table 8.7.3-5). Native little endian frames are the same bytes
 * in either VR encoding; compressed ones have a media type of their own, and go as octets to those who ask for these.
 */
export function chooseFrameEncoding(
  ranges: readonly MediaRange[],
  stored: TransferSyntax,
  single: boolean,
): Representation | undefined {
  const candidates = frameEncodings(stored).map((encoding) => ({ ...encoding, multipart: true }));
  return choose(
    ranges,
    single
      ? [...candidates, ...candidates.map((candidate) => ({ ...candidate, multipart: false }))]
      : candidates,
  );
}

function frameEncodings(
  stored: TransferSyntax,
): { mediaType: string; transferSyntaxUID: string; defaultUID: string }[] {
  const octets = { mediaType: 'application/octet-stream', defaultUID: EXPLICIT_VR_LITTLE_ENDIAN };
  if (!stored.encapsulated) {
    return [EXPLICIT_VR_LITTLE_ENDIAN, stored.uid].map((transferSyntaxUID) => ({
      ...octets,
      transferSyntaxUID,
    }));
  }
  const asOctets = { ...octets, transferSyntaxUID: stored.uid };
  const { mediaType } = stored;
  if (mediaType === undefined) return [asOctets];
  return [{ mediaType, transferSyntaxUID: stored.uid, defaultUID: defaultFor(mediaType) }, asOctets];
}

function defaultFor(mediaType: string): string {
  return (
    TRANSFER_SYNTAXES.find((syntax) => syntax.mediaType === mediaType && syntax.isMediaTypeDefault)?.uid ?? ''
  );
}

/** A media range that would get `representation`, for a 406's text. */
export function rangeFor({ multipart, mediaType, transferSyntaxUID }: Representation): string {
  return multipart
    ? `multipart/related; type="${mediaType}"; transfer-syntax=${transferSyntaxUID}`
    : `${mediaType}; transfer-syntax=${transferSyntaxUID}`;
}
