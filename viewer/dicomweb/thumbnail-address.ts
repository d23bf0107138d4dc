import type { FrameAddress } from './frames.ts';
import { dicomWebRoot } from './root.ts';

/** Where the archive keeps a small picture of a frame, at most `size` pixels wide and high (PS3.18 10.4.1.1.4); for an `img`. */
export function thumbnailAddress(frame: FrameAddress, size: number): string {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, frameNumber } = frame;
  const instance = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  return `${dicomWebRoot}/${instance}/frames/${frameNumber}/thumbnail?viewport=${size},${size}`;
}
