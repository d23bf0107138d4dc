import { dicomWebRoot } from '../dicomweb/root.ts';
import { studyZipUrl } from '../dicomweb/study-files.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import { addressOfScreen } from '../workspace/viewer-address.ts';
import { activeController } from '../workspace/workspace-store.ts';
import { type PictureChoice, tell, useOutput } from './output-store.ts';
import { encodePicture, takePicture } from './picture.ts';

/** Hands a file to the browser's downloads. */
function download(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

const shownImage = (): ImageDescription | undefined => activeController()?.getState().image;

/** Names of files name nobody: a part of the UID tells one from another. */
function fileName(extension: string): string {
  const uid = shownImage()?.sopInstanceUID ?? '';
  return `image-${uid.slice(-12).replaceAll('.', '-')}.${extension}`;
}

/** Saves what is on the screen as a picture. */
export async function savePicture(
  mediaType: 'image/png' | 'image/jpeg',
  choice: PictureChoice,
): Promise<void> {
  const picture = shownImage() ? takePicture(choice) : undefined;
  if (!picture) {
    tell('nothingShown');
    return;
  }
  const url = URL.createObjectURL(await encodePicture(picture, mediaType));
  download(url, fileName(mediaType === 'image/png' ? 'png' : 'jpg'));
  URL.revokeObjectURL(url);
  tell('saved');
}

/** Puts the picture on the clipboard. Browsers allow it on secure pages only. */
export async function copyPicture(): Promise<void> {
  const picture = shownImage() ? takePicture(useOutput.getState().choice) : undefined;
  if (!picture) {
    tell('nothingShown');
    return;
  }
  try {
    await navigator.clipboard.write([
      new ClipboardItem({ 'image/png': encodePicture(picture, 'image/png') }),
    ]);
    tell('imageCopied');
  } catch {
    tell('copyRefused', '');
  }
}

/** Puts the address of what is on the screen on the clipboard; where that is not allowed, it is shown to be copied by hand. */
export async function copyLink(): Promise<void> {
  const link = new URL(addressOfScreen(), window.location.origin).href;
  try {
    await navigator.clipboard.writeText(link);
    tell('linkCopied');
  } catch {
    tell('copyRefused', link);
  }
}

/** The instance on the screen as it is stored. */
export function downloadInstance(): void {
  const image = shownImage();
  if (!image) {
    tell('nothingShown');
    return;
  }
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = image;
  const accept = encodeURIComponent('application/dicom; transfer-syntax=*');
  const url = `${dicomWebRoot}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  download(`${url}?accept=${accept}`, `${sopInstanceUID}.dcm`);
}

const asZip = `?accept=${encodeURIComponent('application/zip; transfer-syntax=*')}`;

/** The series on the screen, as a zip archive with a DICOMDIR. */
export function downloadSeries(): void {
  const image = shownImage();
  if (!image) {
    tell('nothingShown');
    return;
  }
  const { studyInstanceUID, seriesInstanceUID } = image;
  const url = `${dicomWebRoot}/studies/${studyInstanceUID}/series/${seriesInstanceUID}${asZip}`;
  download(url, 'series.zip');
}

/** The study on the screen, likewise. */
export function downloadStudy(): void {
  const image = shownImage();
  if (!image) {
    tell('nothingShown');
    return;
  }
  download(studyZipUrl(image.studyInstanceUID), 'study.zip');
}
