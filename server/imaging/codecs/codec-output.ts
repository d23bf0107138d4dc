import { broken } from '../imaging-errors.ts';
import type { DecodedFrame, PixelFormat, Samples } from '../pixel-format.ts';
import { keepPixelBits, newSamples } from '../sample-arrays.ts';

/** What a decoder made of a stream. */
export interface CodecOutput {
  rows: number;
  columns: number;
  components: number;
  /** Bits a sample, as the stream says. */
  precision: number;
  signed: boolean;
  /** Samples of a pixel beside each other; one byte each up to 8 bits, else two, little endian. */
  bytes: Uint8Array;
  /** Whether the samples may differ from what was encoded. */
  lossy: boolean;
}

/**
 * Fits what a decoder made to what the data set says. Size and number of components must be those of the data set: overlays,
 * measurements and other frames refer to its Rows and Columns, and nobody can tell which of the two is wrong. The stream's number of bits
 * may differ, as many writers have it so: the bits come from the stream, what they mean (sign, Bits Stored) from the data set, as
 * PS3.5 8.2 has it for what the two disagree about.
 */
export function frameOf(
  output: CodecOutput,
  format: PixelFormat,
  photometricInterpretation: string,
): DecodedFrame {
  checkGeometry(output, format);
  const { rows, columns, samplesPerPixel, bitsStored, pixelRepresentation } = format;
  const samples = newSamples(format, rows * columns * samplesPerPixel);
  const coded = codedSamples(output, samples.length);
  keepInRange(coded, output);
  // Into the cell as it was before encoding: reading a value of the other sign wraps it around.
  for (let at = 0; at < samples.length; at++) samples[at] = coded[at] ?? 0;
  fitBits(samples, output, format);
  return {
    rows,
    columns,
    samplesPerPixel,
    samples,
    photometricInterpretation,
    bitsStored,
    pixelRepresentation,
  };
}

/** Before anything is decoded: a stream that claims to be huge must not take the memory for it. */
export function checkGeometry(
  {
    rows,
    columns,
    components,
    precision,
  }: Pick<CodecOutput, 'rows' | 'columns' | 'components' | 'precision'>,
  format: PixelFormat,
): void {
  if (rows !== format.rows || columns !== format.columns)
    throw broken(
      `The frame is ${columns} x ${rows} pixels; Columns and Rows of the data set are ${format.columns} and ${format.rows}.`,
    );
  if (components !== format.samplesPerPixel)
    throw broken(`The frame has ${components} components; Samples per Pixel is ${format.samplesPerPixel}.`);
  const cell = format.bitsAllocated === 1 ? 1 : format.bitsAllocated;
  if (precision > cell && !(cell === 1 && precision <= 8))
    throw broken(`The frame has ${precision} bits a sample; Bits Allocated is ${format.bitsAllocated}.`);
}

function codedSamples({ bytes, precision, signed }: CodecOutput, length: number): Samples {
  const width = precision > 8 ? 2 : 1;
  if (bytes.length !== length * width)
    throw broken(`The decoder returned ${bytes.length} bytes; ${length * width} were expected.`);
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  if (width === 2)
    return signed ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length);
  return signed ? new Int8Array(buffer, byteOffset, length) : new Uint8Array(buffer, byteOffset, length);
}

/**
 * OpenJPH leaves samples as the wavelets make them: those of lossy streams overshoot a little what their bits can hold, those of lossless
 * ones never do unless the stream is damaged.
 */
function keepInRange(coded: Samples, { precision, signed, lossy }: CodecOutput): void {
  if (precision === 8 * coded.BYTES_PER_ELEMENT) return;
  const least = signed ? -(2 ** (precision - 1)) : 0;
  const most = least + 2 ** precision - 1;
  for (let at = 0; at < coded.length; at++) {
    const sample = coded[at] ?? 0;
    if (sample >= least && sample <= most) continue;
    if (!lossy) throw broken(`The frame is damaged: a sample of ${precision} bits is ${sample}.`);
    coded[at] = sample < least ? least : most;
  }
}

/**
 * Lossless streams hold the cells as they were: Bits Stored up to High Bit are the pixel, the rest are overlays. Lossy ones overshoot
 * the range of the pixel a little, and would wrap around if it was cut.
 */
function fitBits(samples: Samples, { precision, lossy }: CodecOutput, format: PixelFormat): void {
  const { bitsAllocated, bitsStored, pixelRepresentation } = format;
  if (bitsAllocated === 1) {
    for (let at = 0; at < samples.length; at++) samples[at] = samples[at] ? 1 : 0;
  } else if (precision <= bitsStored) {
    keepPixelBits(samples, { ...format, highBit: bitsStored - 1 });
  } else if (!lossy) {
    keepPixelBits(samples, format);
  } else {
    const least = pixelRepresentation === 1 ? -(2 ** (bitsStored - 1)) : 0;
    const most = least + 2 ** bitsStored - 1;
    for (let at = 0; at < samples.length; at++)
      samples[at] = Math.min(most, Math.max(least, samples[at] ?? 0));
  }
}
