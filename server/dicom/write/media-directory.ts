import { undefinedLength } from '../read/element-header.ts';
import { explicitVrLittleEndian } from '../transfer-syntaxes.ts';
import { vrTraits } from '../value-representations.ts';
import { explicitHeader, explicitItem, longElement, shortElement, textElement } from './explicit-elements.ts';
import { fileHead } from './re-encode-part10.ts';

const mediaStorageDirectoryStorage = '1.2.840.10008.1.3.10';

/** Where records wait until all of them are known; offsets in bytes from its beginning. */
export interface RecordStore {
  readonly sizeBytes: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Writes over bytes that are there. */
  overwrite(offset: number, bytes: Uint8Array): Promise<void>;
  read(): AsyncIterable<Uint8Array>;
}

/** The file that a directory record is about (PS3.3 F.3.2.2). */
export interface ReferencedFile {
  /** Components of the File ID: 1 to 8 characters of A-Z, 0-9 and underscore each (PS3.10 8.2, 8.5). */
  fileID: readonly string[];
  sopClassUID: string;
  sopInstanceUID: string;
  transferSyntaxUID: string;
}

export interface DirectoryRecord {
  /** Directory Record Type (0004,1430). */
  type: string;
  /** Encoded elements, in order. */
  keys: Uint8Array;
  file?: ReferencedFile;
}

/** Offsets in an item, of its two links: behind the headers of the item and of (0004,1400), and of (0004,1420). */
const nextAt = 16;
const lowerAt = 38;

/**
 * Makes a DICOMDIR (PS3.10 8.6, PS3.3 F) of records that come in the order of their tree: a patient, a study of theirs, a series of
 * that, its instances, the next series. `goTo` leads back to a patient met before. Records lie in `store`; of each level only the last one is remembered.
 */
export class MediaDirectory {
  private readonly store: RecordStore;
  private readonly fileSetUID: string;
  private readonly headBytes: number;
  /** Offsets in the store of the last record of each level, 0 for patients. */
  private last: number[] = [];
  private firstOfRoot: number | undefined;
  private lastOfRoot = 0;

  /** `fileSetUID` becomes the SOP Instance UID of the directory. */
  constructor(store: RecordStore, fileSetUID: string) {
    this.store = store;
    this.fileSetUID = fileSetUID;
    this.headBytes = this.head().length;
  }

  /** Where the next record would go on: for `goTo`, to come back below the same patient. */
  get place(): readonly number[] {
    return this.last;
  }

  goTo(place: readonly number[]): void {
    this.last = [...place];
  }

  /** Adds a record: `level` 0 patient, 1 study, 2 series, 3 instance. */
  async add(level: number, record: DirectoryRecord): Promise<void> {
    const { store, last } = this;
    const offset = store.sizeBytes;
    const before = level === 0 && this.firstOfRoot !== undefined ? this.lastOfRoot : last[level];
    const above = last[level - 1];
    if (before !== undefined) await this.link(before + nextAt, offset);
    else if (above !== undefined) await this.link(above + lowerAt, offset);
    this.last = [...last.slice(0, level), offset];
    if (level === 0) {
      this.firstOfRoot ??= offset;
      this.lastOfRoot = offset;
    }
    await store.append(encodeRecord(record));
  }

  /** The whole file. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    yield this.head();
    yield* this.store.read();
  }

  /** PS3.3 F.2.2: offsets count from the beginning of the file. */
  private link(at: number, target: number): Promise<void> {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(this.headBytes + target);
    return this.store.overwrite(at, bytes);
  }

  /** What is before the first record; of the same length whatever the offsets. */
  private head(): Uint8Array {
    const { store, firstOfRoot, lastOfRoot, fileSetUID, headBytes } = this;
    const offsetOf = (record: number) => (firstOfRoot === undefined ? 0 : headBytes + record);
    return Buffer.concat([
      fileHead({
        sopClassUID: mediaStorageDirectoryStorage,
        sopInstanceUID: fileSetUID,
        transferSyntaxUID: explicitVrLittleEndian,
      }),
      textElement(0x00041130, 'CS', ''),
      longElement(0x00041200, offsetOf(firstOfRoot ?? 0)),
      longElement(0x00041202, offsetOf(lastOfRoot)),
      shortElement(0x00041212, 0),
      explicitHeader(0x00041220, vrTraits('SQ'), store.sizeBytes),
    ]);
  }
}

function encodeRecord({ type, keys, file }: DirectoryRecord): Uint8Array {
  const reference = file && [
    textElement(0x00041500, 'CS', ...file.fileID),
    textElement(0x00041510, 'UI', file.sopClassUID),
    textElement(0x00041511, 'UI', file.sopInstanceUID),
    textElement(0x00041512, 'UI', file.transferSyntaxUID),
  ];
  return explicitItem(
    Buffer.concat([
      longElement(0x00041400, 0),
      shortElement(0x00041410, 0xffff),
      longElement(0x00041420, 0),
      textElement(0x00041430, 'CS', type),
      ...(type === 'PRIVATE' && file ? [textElement(0x00041432, 'UI', file.sopClassUID)] : []),
      ...(reference ?? []),
      keys,
    ]),
  );
}

/** A directory can't be longer: its offsets and the length of its sequence have 32 bits. */
export const LONGEST_DIRECTORY_BYTES = undefinedLength - 1;
