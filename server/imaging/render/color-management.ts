import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { type AttributeSource, bytesOf, elementOf, itemAt } from './attribute-values.ts';
import { iccProfile, type NamedColorSpace } from './icc-profiles.ts';
import { asRgb, type Raster } from './raster.ts';
import { RenderError } from './render-errors.ts';
import type { IccProfileChoice, RenderedMediaType } from './render-request.ts';

/** What the request wants of ICC profiles, and the one that the image brings along. */
export interface ColorManagement {
  choice: 'yes' | NamedColorSpace;
  /** Of the pixels as they are; sRGB where absent (PS3.3 C.11.15). */
  own?: Uint8Array;
}

const withProfiles: readonly RenderedMediaType[] = ['image/jpeg', 'image/png', 'image/webp'];

/** PS3.18 8.3.5.1.5. Throws `RenderError` where a profile is asked for and the media type has no place for one. */
export function colorManagementOf(
  image: AttributeSource,
  choice: IccProfileChoice | undefined,
  mediaType: RenderedMediaType,
): ColorManagement | undefined {
  if (choice === undefined || choice === 'no') return undefined;
  if (!withProfiles.includes(mediaType)) {
    throw new RenderError(
      'INVALID_PARAMETER',
      `iccprofile: ${mediaType} carries no profile; ${withProfiles.join(', ')} do`,
    );
  }
  const own = embeddedProfile(image);
  return { choice, ...(own && { own }) };
}

/** ICC Profile (0028,2000), of slides in their optical path. What is no profile of RGB counts as none. */
function embeddedProfile(image: AttributeSource): Uint8Array | undefined {
  const { dataSet } = image;
  const holder = itemAt(dataSet, 'OpticalPathSequence', 0) ?? {};
  const element = elementOf(dataSet, 'ICCProfile') ?? elementOf(holder, 'ICCProfile');
  const bytes = bytesOf(image, element);
  if (!bytes || bytes.length < 132) return undefined;
  const head = Buffer.from(bytes.subarray(0, 40));
  const isProfile = head.toString('latin1', 36, 40) === 'acsp' && head.toString('latin1', 16, 20) === 'RGB ';
  return isProfile ? bytes : undefined;
}

/**
 * Encodes with a profile: `yes` keeps the values and names their space, the named spaces convert them (by way of sRGB).
 * `encode` sets the format.
 */
export async function encodeManaged(
  raster: Raster,
  { choice, own }: ColorManagement,
  encode: (image: Sharp) => Sharp,
): Promise<Uint8Array> {
  const image = await sharpWithProfile(asRgb(raster), own ?? iccProfile('srgb'));
  if (choice === 'yes') return encode(image.keepIccProfile()).toBuffer();
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-icc-'));
  try {
    // libvips takes a profile to convert to from a file only.
    const path = join(folder, `${choice}.icc`);
    await writeFile(path, iccProfile(choice));
    return await encode(image.withIccProfile(path)).toBuffer();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Raw pixels have no place for a profile; an uncompressed PNG has (PNG 11.3.2.3, after IHDR). */
async function sharpWithProfile(raster: Raster, profile: Uint8Array): Promise<Sharp> {
  const png = await sharp(raster.data, {
    raw: { width: raster.width, height: raster.height, channels: raster.channels },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const afterHeader = 33;
  const chunk = pngChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(profile)]));
  return sharp(Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]), {
    limitInputPixels: false,
  });
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
