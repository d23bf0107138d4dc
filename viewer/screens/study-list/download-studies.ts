import { studyZipUrl } from '../../dicomweb/study-files.ts';

/** So much later the next one begins: browsers take downloads of one moment for one. */
const pauseMs = 400;

/** Has the browser download studies, a zip archive with a DICOMDIR each; it writes them to disk while they come. */
export async function downloadStudies(studyInstanceUIDs: readonly string[]): Promise<void> {
  for (const [at, uid] of studyInstanceUIDs.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const link = document.createElement('a');
    link.href = studyZipUrl(uid);
    link.download = `${uid}.zip`;
    document.body.append(link);
    link.click();
    link.remove();
  }
}
