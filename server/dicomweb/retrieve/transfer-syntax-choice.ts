import {
  explicitVrLittleEndian,
  TRANSFER_SYNTAXES,
  type TransferSyntax,
  transferSyntaxOf,
} from '../../dicom/transfer-syntaxes.ts';
import type { MediaRange } from '../../http/media-type.ts';
import { takes } from '../negotiation.ts';
import { isExcepted } from '../specific-ranges.ts';

export const DICOM = 'application/dicom';
const OCTETS = 'application/octet-stream';

/** How an instance or frame can be given: as one part of a multipart/related answer, or alone. */
export interface Representation {
  multipart: boolean;
  mediaType: string;
  transferSyntaxUID: string;
}

/** Something that the client takes. */
export interface Proposal extends Representation {
  /** Nothing has to be done to the stored bytes. Others can be given or not: that is for the caller to find out. */
  asStored: boolean;
  /** Only where the pixel data is too long for Explicit VR Little Endian. */
  onlyIfTooLong?: boolean;
}

/** What one range of the Accept header asks for. */
interface Wanted {
  /** In parts, alone, or either. */
  multipart: boolean | undefined;
  /** `*` + `/*` where it leaves the type open. */
  type: string;
  transferSyntax: string | undefined;
}

/** An encoding that a range takes: `fallback` only where nothing else that the client takes can be had. */
type Encoding = Omit<Proposal, 'multipart'> & { fallback?: boolean };

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
 * What the client takes of what `encodings` finds for each range, the best first: by quality, then what is stored before what has to be
 * made (it costs nothing and loses nothing), then in the client's order.
 */
function* inOrder(
  ranges: readonly MediaRange[],
  single: boolean,
  encodings: (wanted: Wanted) => Encoding[],
): Generator<Proposal> {
  const fallbacks: Proposal[] = [];
  for (let start = 0; start < ranges.length; ) {
    const quality = ranges[start]?.quality;
    const next = ranges.findIndex((range, i) => i > start && range.quality !== quality);
    const end = next < 0 ? ranges.length : next;
    const made: Proposal[] = [];
    for (const range of ranges.slice(start, end)) {
      const wanted = wantedBy(range);
      for (const { fallback, ...encoding } of encodings(wanted)) {
        for (const multipart of single ? [true, false] : [true]) {
          if (wanted.multipart !== undefined && wanted.multipart !== multipart) continue;
          if (isExcepted(range, encoding.mediaType, multipart, encoding.transferSyntaxUID)) continue;
          const proposal = { ...encoding, multipart };
          if (fallback) fallbacks.push(proposal);
          else if (encoding.asStored) yield proposal;
          else made.push(proposal);
        }
      }
    }
    yield* made;
    start = end;
  }
  yield* fallbacks;
}

/**
 * How an instance stored in `storedUID` may be given to a client that takes `ranges`, the best first (PS3.18 8.7.3.1, Table 8.7.3-2).
 * `single`: the resource is one instance, which may come without multipart.
 */
export function instanceProposals(
  ranges: readonly MediaRange[],
  storedUID: string,
  single: boolean,
): Generator<Proposal> {
  const stored = { mediaType: DICOM, transferSyntaxUID: storedUID, asStored: true };
  const { lossy } = transferSyntaxOf(storedUID);
  return inOrder(ranges, single, (wanted) => {
    if (!takes({ type: wanted.type, parameters: {}, quality: 1 }, DICOM)) return [];
    const { transferSyntax = explicitVrLittleEndian } = wanted;
    if (transferSyntax === '*' || transferSyntax === storedUID) return [stored];
    const other = { ...stored, transferSyntaxUID: transferSyntax, asStored: false };
    if (wanted.transferSyntax !== undefined) return [other];
    // PS3.18 8.7.3: the default, unless there is only a lossy form, or one too long for Explicit VR Little Endian.
    if (lossy && wanted.type === '*/*') return [stored];
    return [other, { ...stored, onlyIfTooLong: !lossy, fallback: true }];
  });
}

/**
 * How frames of an instance stored in `stored` may be given, the best first (PS3.18 Tables 8.7.3-4 and 8.7.3-5). Native frames are little
 * endian, whatever is stored; compressed ones have a media type of their own, and go as octets to those who ask for these.
 */
export function frameProposals(
  ranges: readonly MediaRange[],
  stored: TransferSyntax,
  single: boolean,
): Generator<Proposal> {
  return inOrder(ranges, single, (wanted) => {
    if (wanted.type === '*/*') return openFrames(stored, wanted.transferSyntax);
    if (takes({ type: wanted.type, parameters: {}, quality: 1 }, OCTETS))
      return octetFrames(stored, wanted.transferSyntax);
    return typedFrames(stored, wanted.type, wanted.transferSyntax);
  });
}

function isStored(stored: TransferSyntax, uid: string): boolean {
  return uid === stored.uid || (!stored.encapsulated && uid === explicitVrLittleEndian);
}

function encodingOf(stored: TransferSyntax, mediaType: string, uid: string): Encoding {
  return { mediaType, transferSyntaxUID: uid, asStored: isStored(stored, uid) };
}

/** What the stored frames are called: native ones come as Explicit VR Little Endian (PS3.5 A.2). */
function storedName(stored: TransferSyntax): string {
  return stored.encapsulated ? stored.uid : explicitVrLittleEndian;
}

function octetFrames(stored: TransferSyntax, transferSyntax = explicitVrLittleEndian): Encoding[] {
  return [encodingOf(stored, OCTETS, transferSyntax === '*' ? storedName(stored) : transferSyntax)];
}

/** A client that takes any media type. */
function openFrames(stored: TransferSyntax, transferSyntax: string | undefined): Encoding[] {
  const ownType = stored.encapsulated ? (stored.mediaType ?? OCTETS) : OCTETS;
  const asStored = encodingOf(stored, ownType, storedName(stored));
  if (transferSyntax === '*') return [asStored];
  if (transferSyntax !== undefined)
    return [encodingOf(stored, transferSyntaxOf(transferSyntax).mediaType ?? OCTETS, transferSyntax)];
  // PS3.18 8.7.3: the default, unless there is only a lossy form.
  if (stored.lossy) return [asStored];
  return [...octetFrames(stored), { ...asStored, fallback: true }];
}

/** A client that names an image or video type, or all of one kind. */
function typedFrames(stored: TransferSyntax, type: string, transferSyntax: string | undefined): Encoding[] {
  const taken = (mediaType: string | undefined): mediaType is string =>
    mediaType !== undefined &&
    mediaType !== OCTETS &&
    takes({ type, parameters: {}, quality: 1 }, mediaType.toLowerCase());
  if (transferSyntax !== undefined && transferSyntax !== '*') {
    const { mediaType } = transferSyntaxOf(transferSyntax);
    return taken(mediaType) ? [encodingOf(stored, mediaType, transferSyntax)] : [];
  }
  const { mediaType } = stored;
  // Without a transfer syntax the type's default is meant, unless there is only a lossy form (PS3.18 8.7.3).
  const isTaken = taken(mediaType) && (transferSyntax === '*' || stored.lossy || type.endsWith('/*'));
  if (isTaken) return [encodingOf(stored, mediaType, stored.uid)];
  return TRANSFER_SYNTAXES.flatMap((syntax) =>
    syntax.isMediaTypeDefault && taken(syntax.mediaType)
      ? [encodingOf(stored, syntax.mediaType, syntax.uid)]
      : [],
  );
}

/** A media range that would get `representation`, for a 406's text. */
export function rangeFor({ multipart, mediaType, transferSyntaxUID }: Representation): string {
  return multipart
    ? `multipart/related; type="${mediaType}"; transfer-syntax=${transferSyntaxUID}`
    : `${mediaType}; transfer-syntax=${transferSyntaxUID}`;
}

/** Ranges that would get `mediaTypeOf` each of `uids`, and the stored bytes whatever they are. */
export function availableRanges(uids: readonly string[], mediaTypeOf: (uid: string) => string): string[] {
  const named = uids.map((transferSyntaxUID) =>
    rangeFor({ multipart: true, mediaType: mediaTypeOf(transferSyntaxUID), transferSyntaxUID }),
  );
  const [first = ''] = uids;
  return [...named, `multipart/related; type="${mediaTypeOf(first)}"; transfer-syntax=*`];
}
