import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InvalidSearchError } from '../archive/archive-errors.ts';
import { findInstances, readInstance } from '../archive/retrieve/retrieve-instances.ts';
import { isStorableUid } from '../dicom/uid.ts';
import { auditCommand, say, withServices } from './command.ts';

/** `isocenter export`: the stored bytes of studies as files STUDY/SERIES/INSTANCE.dcm. UIDs hold digits and dots, so they are safe as names. */
export function exportStudies(folder: string, studyInstanceUIDs: readonly string[]): Promise<void> {
  return withServices(async (services) => {
    const { archive } = services;
    let files = 0;
    for (const studyInstanceUID of studyInstanceUIDs) {
      if (!isStorableUid(studyInstanceUID)) throw new InvalidSearchError(`${studyInstanceUID} is not a UID`);
      // Before the first byte: what breaks off has left the archive too.
      auditCommand(services, 'Export', { studyInstanceUID });
      for await (const instance of findInstances(archive, { studyInstanceUID })) {
        const into = join(folder, instance.studyInstanceUID, instance.seriesInstanceUID);
        await mkdir(into, { recursive: true });
        await pipeline(
          readInstance(archive, instance),
          createWriteStream(join(into, `${instance.sopInstanceUID}.dcm`)),
        );
        files += 1;
      }
    }
    say(`${files} files written below ${folder}`);
  });
}
