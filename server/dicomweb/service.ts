import type { ArchiveParts } from '../archive/archive-parts.ts';

/** What the transactions of this gateway work with. */
export interface DicomwebService {
  archive: ArchiveParts;
  /** Base of the URLs in answers; undefined: as the client addressed us. */
  publicUrl: string | undefined;
  /** Of this product and its codecs: others may render the same image otherwise. */
  version: string;
}
