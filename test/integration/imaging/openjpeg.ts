import { createRequire } from 'node:module';

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): { bitsPerSample: number; isSigned: boolean };
  delete(): void;
}

type Factory = (options: { print(line: string): void; printErr(line: string): void }) => Promise<{
  J2KDecoder: new () => Decoder;
}>;

const require = createRequire(import.meta.url);
const load = require('@cornerstonejs/codec-openjpeg/wasmjs') as Factory;
let loading: ReturnType<Factory> | undefined;

/** The samples of a JPEG 2000 or HTJ2K codestream by OpenJPEG, which shares no code with OpenJPH. */
export async function decodedByOpenJpeg(codestream: Uint8Array): Promise<ArrayLike<number>> {
  loading ??= load({ print: () => undefined, printErr: () => undefined });
  const module = await loading;
  const decoder = new module.J2KDecoder();
  try {
    decoder.getEncodedBuffer(codestream.length).set(codestream);
    decoder.decode();
    const bytes = Uint8Array.from(decoder.getDecodedBuffer());
    const { bitsPerSample, isSigned } = decoder.getFrameInfo();
    if (bitsPerSample <= 8) return bytes;
    return isSigned ? new Int16Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  } finally {
    decoder.delete();
  }
}
