import { stringOf } from '../../dicom/attributes.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { parseDataSet } from '../../dicom/models/data-set-json.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { makeUid } from '../../dicom/uid.ts';
import { LONGEST_DIRECTORY_BYTES, MediaDirectory } from '../../dicom/write/media-directory.ts';
import {
  encodeKeys,
  PATIENT_KEYS,
  recordKindOf,
  SERIES_KEYS,
  STUDY_KEYS,
} from '../../dicom/write/media-directory-keys.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { ScratchFile } from '../scratch-file.ts';
import { firstPossible, type GivenInstance, giveFirst, type WantedEncoding } from './retrieve-given.ts';
import { findInstances, type InstanceLocation, readMetadata, type Scope } from './retrieve-instances.ts';
import { writeZip, type ZipEntry } from './zip-writer.ts';

const DICOMDIR = 'DICOMDIR';
/** Tells who unpacks the files what is missing, line by line; no part of the File-set. */
const LEFT_OUT = 'LEFTOUT.TXT';

/** Is told of each instance that turns out to be damaged, so that it can't be given as `wanted`. */
export type LeftOut = (instance: InstanceLocation, reason: string) => void;

/**
 * A zip archive of the instances of `scope` that can be given in one of their `wanted` encodings: a file-set with a DICOMDIR (PS3.10 8.6),
 * the layout of media and e-mail (PS3.12 Annex V). Names hold numbers only. Read page by page; the directory waits in a scratch file.
 */
export async function* zipInstances(
  parts: ArchiveParts,
  scope: Scope,
  wanted: (storedUID: string) => Iterable<WantedEncoding>,
  signal: AbortSignal | undefined,
  onLeftOut: LeftOut = () => undefined,
): AsyncGenerator<Uint8Array> {
  const records = new ScratchFile(parts.scratchDirectory);
  const central = new ScratchFile(parts.scratchDirectory);
  try {
    const fileSet = new FileSet(new MediaDirectory(records, makeUid()));
    yield* writeZip(entriesOf(parts, scope, wanted, fileSet, signal, onLeftOut), central, new Date());
  } finally {
    await Promise.all([records.close(), central.close()]);
  }
}

async function* entriesOf(
  parts: ArchiveParts,
  scope: Scope,
  wanted: (storedUID: string) => Iterable<WantedEncoding>,
  fileSet: FileSet,
  signal: AbortSignal | undefined,
  onLeftOut: LeftOut,
): AsyncGenerator<ZipEntry> {
  const leftOut = new ScratchFile(parts.scratchDirectory);
  try {
    yield* filesOf(parts, scope, wanted, fileSet, signal, async (instance, reason) => {
      onLeftOut(instance, reason);
      await leftOut.append(Buffer.from(`${instance.sopInstanceUID}: ${reason}\r\n`));
    });
    if (fileSet.isEmpty && leftOut.sizeBytes > 0)
      throw new ImagingError('BROKEN_FRAME', 'No instance can be given in an accepted transfer syntax.');
    if (leftOut.sizeBytes > 0)
      yield { path: LEFT_OUT, largestBytes: leftOut.sizeBytes, compress: true, content: leftOut.read() };
    yield {
      path: DICOMDIR,
      largestBytes: LONGEST_DIRECTORY_BYTES,
      compress: true,
      content: fileSet.directory.bytes(),
    };
  } finally {
    await leftOut.close();
  }
}

async function* filesOf(
  parts: ArchiveParts,
  scope: Scope,
  wanted: (storedUID: string) => Iterable<WantedEncoding>,
  fileSet: FileSet,
  signal: AbortSignal | undefined,
  leaveOut: (instance: InstanceLocation, reason: string) => Promise<void>,
): AsyncGenerator<ZipEntry> {
  for await (const { instance, metadata } of readMetadata(parts, findInstances(parts, scope))) {
    const stored = instance.transferSyntaxUID;
    if (!(await firstPossible(parts, instance, wanted(stored)))) continue;
    const reasons: string[] = [];
    const made = await giveFirst(parts, instance, wanted(stored), signal, reasons);
    if (!made) {
      await leaveOut(instance, reasons[0] ?? 'It cannot be given in an accepted transfer syntax.');
      continue;
    }
    const { transferSyntaxUID, largestBytes, content } = made.given;
    const path = await fileSet.add(instance, parseDataSet(metadata), made.given);
    yield { path, largestBytes, compress: !transferSyntaxOf(transferSyntaxUID).encapsulated, content };
  }
}

/** What was last written of one patient. */
interface PatientInFileSet {
  /** In the directory. */
  place: readonly number[];
  seriesInstanceUID: string;
  series: number;
  instances: number;
}

/**
 * Gives instances their places in the file-set, series by series, and notes them in its directory. A study may hold instances of several
 * patients (what was stored so is kept so): each has a record of their own, with what is theirs below it (PS3.3 F.4).
 */
class FileSet {
  readonly directory: MediaDirectory;
  readonly #patients = new Map<string, PatientInFileSet>();
  #series = 0;

  constructor(directory: MediaDirectory) {
    this.directory = directory;
  }

  get isEmpty(): boolean {
    return this.#patients.size === 0;
  }

  /** Adds the next instance; answers its path. */
  async add(instance: InstanceLocation, metadata: DataSet, given: GivenInstance): Promise<string> {
    const patient = await this.#patientOf(metadata);
    if (instance.seriesInstanceUID !== patient.seriesInstanceUID) {
      this.#series += 1;
      patient.seriesInstanceUID = instance.seriesInstanceUID;
      patient.series = this.#series;
      patient.instances = 0;
      await this.directory.add(2, { type: 'SERIES', keys: encodeKeys(metadata, SERIES_KEYS) });
    }
    patient.instances += 1;
    const sopClassUID = stringOf(metadata, 'SOPClassUID') ?? '';
    const { type, keys } = recordKindOf(sopClassUID, metadata);
    // PS3.10 8.2, 8.5: components of at most 8 characters; as many as 36^6 have a place.
    const fileID = ['DICOM', numbered('SE', patient.series), numbered('IM', patient.instances)];
    const { sopInstanceUID, transferSyntaxUID } = given;
    const file = { fileID, sopClassUID, sopInstanceUID, transferSyntaxUID };
    await this.directory.add(3, { type, keys: encodeKeys(metadata, keys), file });
    patient.place = this.directory.place;
    return fileID.join('/');
  }

  /** Who the instance itself is of; the directory goes on below them. */
  async #patientOf(metadata: DataSet): Promise<PatientInFileSet> {
    const key = JSON.stringify(PATIENT_IDENTITY.map((tag) => metadata[tag]?.Value ?? []));
    const known = this.#patients.get(key);
    if (known) {
      this.directory.goTo(known.place);
      return known;
    }
    await this.directory.add(0, { type: 'PATIENT', keys: encodeKeys(metadata, PATIENT_KEYS) });
    await this.directory.add(1, { type: 'STUDY', keys: encodeKeys(metadata, STUDY_KEYS) });
    const patient = { place: this.directory.place, seriesInstanceUID: '', series: 0, instances: 0 };
    this.#patients.set(key, patient);
    return patient;
  }
}

/** Patient's Name, Patient ID, Issuer of Patient ID. */
const PATIENT_IDENTITY = ['00100010', '00100020', '00100021'];

/** Six decimal digits, or letters too where these don't do. */
function numbered(prefix: string, number: number): string {
  const digits = number <= 999_999 ? String(number) : number.toString(36).toUpperCase();
  return prefix + digits.padStart(6, '0');
}
