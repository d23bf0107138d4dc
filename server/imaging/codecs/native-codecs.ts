import { createRequire } from 'node:module';
import type { Context as ContextType, NativeCodecs as NativeCodecsType } from 'dcmjs-codecs';
import { watchMemory } from './grown-memory.ts';

type Library = {
  Context: typeof ContextType;
  NativeCodecs: typeof NativeCodecsType;
  log: Record<'info' | 'error', (message: unknown) => void>;
};

const require = createRequire(import.meta.url);
const messages: string[] = [];
let loading: Promise<Library> | undefined;
let loadedLibrary: Library | undefined;
let largestFrameBytes = 0;

/**
 * Its memory is 256 MiB from the beginning, of which the system gives what is touched: measured, ten times the largest frame that was
 * encoded or decoded.
 */
watchMemory({ memoryBytes: () => 10 * largestFrameBytes, forget });

function forget(): void {
  loading = undefined;
  loadedLibrary?.NativeCodecs.release();
  loadedLibrary = undefined;
  largestFrameBytes = 0;
}

/**
 * dcmjs-codecs: one WebAssembly module with the Independent JPEG Group's library for 8, 12 and 16 bits (all processes), CharLS,
 * OpenJPEG, OpenJPH and libjxl. Its decoders go on after an error in the data and tell of it in a log line only; `run` gives
 * those lines.
 */
async function loadNativeCodecs(): Promise<Library> {
  loading ??= (async () => {
    const library = require('dcmjs-codecs') as Library;
    const keep = (line: unknown) => {
      if (messages.length < 100) messages.push(String(line));
    };
    // The codecs write through these two alone.
    library.log.info = keep;
    library.log.error = keep;
    await library.NativeCodecs.initializeAsync({ logCodecsInfo: true });
    loadedLibrary = library;
    return library;
  })();
  return loading;
}

/** Runs one codec function; `messages` is what it logged. After an exception the module is loaded anew for the next frame. */
export async function runNativeCodec(
  use: (library: Library) => ContextType,
): Promise<{ context: ContextType; messages: string[] }> {
  let library = await loadNativeCodecs();
  // Another frame may have dropped it meanwhile.
  if (!library.NativeCodecs.isInitialized()) library = await loadNativeCodecs();
  messages.length = 0;
  try {
    const context = use(library);
    for (const buffer of [context.getDecodedBuffer(), context.getEncodedBuffer()])
      largestFrameBytes = Math.max(largestFrameBytes, buffer?.length ?? 0);
    return { context, messages: messages.splice(0) };
  } catch (error) {
    forget();
    throw error;
  }
}
