import { broken, unsupported } from '../imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from '../pixel-format.ts';
import { checkGeometry, frameOf } from './codec-output.ts';
import { copied, type WasmDecoder, withCodecObject } from './emscripten.ts';
import { type Jpeg2000Structure, readJpeg2000Structure } from './jpeg2000-structure.ts';
import { openJpeg, openJph } from './libraries.ts';
import { runNativeCodec } from './native-codecs.ts';

/** JPEG 2000 (ISO 15444-1) by OpenJPEG, and with High-Throughput block coding (15444-15) by OpenJPH; the stream says which it is. */
export async function decodeJpeg2000(bytes: Uint8Array, format: PixelFormat): Promise<DecodedFrame> {
  const structure = readJpeg2000Structure(bytes);
  checkSupported(structure);
  const { precision = 0, signed = false } = structure.components[0] ?? {};
  checkGeometry({ ...structure, components: structure.components.length, precision }, format);
  const { width, height, samples } = await decoderFor(structure)(structure);
  if (width !== structure.columns || height !== structure.rows)
    throw broken(`The decoder made ${width} x ${height} pixels of the frame.`);
  return frameOf(
    {
      rows: structure.rows,
      columns: structure.columns,
      components: structure.components.length,
      precision,
      signed,
      bytes: samples,
      lossy: !structure.reversible,
    },
    format,
    coloursOf(structure, format),
  );
}

/** The decoders undo the transform over components. PS3.5 8.2.4: YBR_ICT and YBR_RCT name that transform. */
function coloursOf(
  { components, multipleComponentTransform }: Jpeg2000Structure,
  format: PixelFormat,
): string {
  const declared = format.photometricInterpretation;
  if (components.length !== 3) return declared;
  if (declared === 'YBR_ICT' || declared === 'YBR_RCT') return 'RGB';
  if (declared === 'YBR_FULL_422' || declared === 'YBR_FULL')
    return multipleComponentTransform ? 'RGB' : 'YBR_FULL';
  return declared;
}

function checkSupported({ components }: Jpeg2000Structure): void {
  const [first] = components;
  if (components.length !== 1 && components.length !== 3)
    throw unsupported(`JPEG 2000 with ${components.length} components is not supported.`);
  for (const component of components) {
    if (component.dx !== 1 || component.dy !== 1)
      throw unsupported('JPEG 2000 with components of different sizes is not supported.');
    if (component.precision !== first?.precision || component.signed !== first.signed)
      throw unsupported('JPEG 2000 with components of different precision is not supported.');
    if (component.precision > 16)
      throw unsupported(`JPEG 2000 with ${component.precision} bits a sample is not supported.`);
  }
}

interface Decoded {
  width: number;
  height: number;
  samples: Uint8Array;
}

/**
 * Each build has kinds of images that it gets wrong without a word. OpenJPH (2.4.11) mixes up the rows of components that were not
 * transformed together. OpenJPEG (1.3.6) and OpenJPH make 0 of negative samples of 8 bits; another build of OpenJPEG does not.
 */
function decoderFor({
  components,
  highThroughput,
  multipleComponentTransform,
}: Jpeg2000Structure): (structure: Jpeg2000Structure) => Promise<Decoded> {
  const [first] = components;
  if (first?.signed && first.precision <= 8) {
    if (components.length > 1 || highThroughput)
      throw unsupported('JPEG 2000 of this kind with signed samples of 8 bits is not supported.');
    return decodeByNativeCodecs;
  }
  const isMixedUp = components.length > 1 && !multipleComponentTransform;
  return highThroughput && !isMixedUp ? decodeByOpenJph : decodeByOpenJpeg;
}

function decodeWith(decoder: WasmDecoder, codestream: Uint8Array): Decoded {
  decoder.getEncodedBuffer(codestream.length).set(codestream);
  decoder.decode();
  const { width, height } = decoder.getFrameInfo();
  return { width, height, samples: copied(decoder.getDecodedBuffer()) };
}

/** OpenJPEG; it reads High-Throughput blocks as well. */
async function decodeByOpenJpeg({ codestream }: Jpeg2000Structure): Promise<Decoded> {
  const { module, takeMessages } = await openJpeg.load();
  takeMessages();
  try {
    const decoded = withCodecObject(
      () => new module.J2KDecoder(),
      (decoder) => decodeWith(decoder, codestream),
    );
    const complaint = takeMessages().find((line) => /\[(ERROR|WARNING)\]/.test(line));
    if (complaint)
      throw broken(`The JPEG 2000 codestream is damaged: ${complaint.replace(/^.*\] */, '').trim()}.`);
    return decoded;
  } catch (error) {
    throw damaged(error, openJpeg);
  }
}

/** OpenJPH throws nothing: it prints, and returns whatever it has. */
async function decodeByOpenJph({ codestream }: Jpeg2000Structure): Promise<Decoded> {
  const { module, takeMessages } = await openJph.load();
  takeMessages();
  try {
    const decoded = withCodecObject(
      () => new module.HTJ2KDecoder(),
      (decoder) => decodeWith(decoder, codestream),
    );
    const complaint = takeMessages().find((line) => /ojph (error|warning)/i.test(line));
    if (complaint)
      throw broken(`The HTJ2K codestream is damaged: ${complaint.replace(/^.*?: */, '').trim()}`);
    return decoded;
  } catch (error) {
    throw damaged(error, openJph);
  }
}

/** The other build of OpenJPEG, for signed samples of 8 bits. */
async function decodeByNativeCodecs(structure: Jpeg2000Structure): Promise<Decoded> {
  const { rows, columns, components, codestream } = structure;
  try {
    const { context } = await runNativeCodec(({ NativeCodecs, Context }) =>
      NativeCodecs.decodeJpeg2000(
        new Context({
          width: columns,
          height: rows,
          bitsAllocated: 8,
          bitsStored: components[0]?.precision ?? 8,
          samplesPerPixel: components.length,
          pixelRepresentation: 1,
          planarConfiguration: 0,
          photometricInterpretation: 'MONOCHROME2',
          encodedBuffer: codestream,
        }),
      ),
    );
    return { width: columns, height: rows, samples: context.getDecodedBuffer() ?? new Uint8Array(0) };
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(error: unknown, codec?: { forget(): void }): Error {
  if (error instanceof Error && 'code' in error) return error;
  codec?.forget();
  return broken('The JPEG 2000 codestream is damaged: its decoder gave up.');
}
