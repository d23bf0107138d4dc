import { IMAGING_EDITION } from '../../imaging/edition.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import {
  type Candidate,
  isTooLongForNative,
  openCandidate,
  possibleEncodings,
  wayTo,
} from '../transcode/transcode-candidate.ts';
import { type GivenInstance, giveInstance } from '../transcode/transcode-instance.ts';
import type { InstanceLocation } from './retrieve-instances.ts';

export type { GivenInstance } from '../transcode/transcode-instance.ts';

/** A way in which an instance may be given; those before it are better. */
export interface WantedEncoding {
  transferSyntaxUID: string;
  /** Nothing has to be known or done to give it so. */
  asStored: boolean;
  /** Meant only for pixel data that is too long for Explicit VR Little Endian (PS3.18 8.7.3). */
  onlyIfTooLong?: boolean;
}

/** Tells what is made of pixels apart from what other versions of this program, or of its codecs, make. */
export const TRANSCODING_EDITION = IMAGING_EDITION;

/** True for what can't be done with this image, in contrast to what fails now and may go well another time. */
export function isUndecodable(error: unknown): error is Error {
  return (
    error instanceof ImagingError && (error.code === 'BROKEN_FRAME' || error.code === 'UNSUPPORTED_PIXELS')
  );
}

/** The first of `wanted` that `instance` can be given in, by what is known of it; undefined where it is none of them, or gone. */
export async function firstPossible<Wanted extends WantedEncoding>(
  parts: ArchiveParts,
  instance: InstanceLocation,
  wanted: Iterable<Wanted>,
): Promise<Wanted | undefined> {
  const candidate = onDemand(parts, instance);
  for (const one of wanted) {
    if (one.asStored && !one.onlyIfTooLong) return one;
    try {
      if (isPossible(await candidate(), one)) return one;
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
  return undefined;
}

/**
 * `instance` in the first of `wanted` that can be made, and which that is; undefined where none can, be it that its pixel data is
 * damaged: `reasons` gets what is wrong with it.
 */
export async function giveFirst<Wanted extends WantedEncoding>(
  parts: ArchiveParts,
  instance: InstanceLocation,
  wanted: Iterable<Wanted>,
  signal: AbortSignal | undefined,
  reasons: string[] = [],
): Promise<{ given: GivenInstance; as: Wanted } | undefined> {
  const candidate = onDemand(parts, instance);
  for (const one of wanted) {
    const opened = await candidate();
    if (!isPossible(opened, one)) continue;
    try {
      return { given: await giveInstance(parts, opened, one.transferSyntaxUID, signal), as: one };
    } catch (error) {
      if (!isUndecodable(error)) throw error;
      reasons.push(error.message);
      const { sopInstanceUID } = instance;
      parts.logger.warn(
        { err: error, sopInstanceUID, transferSyntaxUID: one.transferSyntaxUID },
        'not_transcodable',
      );
    }
  }
  return undefined;
}

function isPossible(candidate: Candidate, wanted: WantedEncoding): boolean {
  if (wanted.onlyIfTooLong && !isTooLongForNative(candidate)) return false;
  return wayTo(candidate, wanted.transferSyntaxUID) !== undefined;
}

/** The transfer syntaxes that `instance` can be given in, as far as is known of it, the stored one first. */
export async function encodingsOf(parts: ArchiveParts, instance: InstanceLocation): Promise<string[]> {
  const candidate = await openCandidate(parts, instance);
  return possibleEncodings(candidate, (uid) => wayTo(candidate, uid) !== undefined);
}

function onDemand(parts: ArchiveParts, instance: InstanceLocation): () => Promise<Candidate> {
  let opened: Promise<Candidate> | undefined;
  return () => {
    opened ??= openCandidate(parts, instance);
    return opened;
  };
}
