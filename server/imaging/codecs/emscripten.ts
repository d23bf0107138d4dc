import { watchMemory } from './grown-memory.ts';

/** What @cornerstonejs's codecs agree on; sizes in pixels, buffers in the WebAssembly memory. */
export interface FrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned?: boolean;
  isUsingColorTransform?: boolean;
}

interface CodecObject {
  delete(): void;
}

export interface WasmDecoder extends CodecObject {
  /** A view of the memory to copy the compressed frame into; gone once the memory grows. */
  getEncodedBuffer(lengthBytes: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
}

export interface WasmEncoder extends CodecObject {
  /** A view of the memory to copy the samples into. */
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
}

/** What a codec's package exports as `wasmjs`; it finds the .wasm file beside itself. */
type ModuleFactory<Module> = (options: {
  print(line: string): void;
  printErr(line: string): void;
}) => Promise<Module>;

/** A loaded codec, and what it printed since it was last asked: some tell of errors in no other way. */
export interface LoadedCodec<Module> {
  module: Module;
  takeMessages(): string[];
}

/**
 * A codec that is loaded when first used, once a thread. After a trap (`forget`) the next use loads it anew, for nobody knows what state
 * its memory is in.
 */
export class LazyCodec<Module> {
  readonly #factory: () => unknown;
  #loading: Promise<LoadedCodec<Module>> | undefined;
  #loaded: LoadedCodec<Module> | undefined;

  /** `factory` requires the package, which has no types: its export is a `ModuleFactory`. */
  constructor(factory: () => unknown) {
    this.#factory = factory;
    watchMemory(this);
  }

  load(): Promise<LoadedCodec<Module>> {
    this.#loading ??= loadModule(this.#factory() as ModuleFactory<Module>).then((loaded) => {
      this.#loaded = loaded;
      return loaded;
    });
    return this.#loading;
  }

  memoryBytes(): number {
    const { HEAPU8 } = (this.#loaded?.module ?? {}) as { HEAPU8?: Uint8Array };
    return HEAPU8?.byteLength ?? 0;
  }

  forget(): void {
    this.#loading = undefined;
    this.#loaded = undefined;
  }
}

async function loadModule<Module>(factory: ModuleFactory<Module>): Promise<LoadedCodec<Module>> {
  const messages: string[] = [];
  const keep = (line: string) => {
    if (messages.length < 100) messages.push(line);
  };
  const module = await factory({ print: keep, printErr: keep });
  return { module, takeMessages: () => messages.splice(0) };
}

/** Runs `use` with a new codec object and frees it again. A copy of what is in the object's memory must be taken inside. */
export function withCodecObject<T extends CodecObject, R>(make: () => T, use: (object: T) => R): R {
  const object = make();
  try {
    return use(object);
  } finally {
    object.delete();
  }
}

/** A copy outside the WebAssembly memory, aligned for any kind of sample. */
export function copied(view: Uint8Array | Uint8ClampedArray): Uint8Array {
  const copy = new Uint8Array(view.length);
  copy.set(view);
  return copy;
}
