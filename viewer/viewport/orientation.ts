import type { Vector3 } from './vectors.ts';

/** Letters at the edges of the picture, as displayed. */
export interface OrientationMarkers {
  readonly top: string;
  readonly right: string;
  readonly bottom: string;
  readonly left: string;
}

/** How the picture lies on the screen: where its right and lower edge point, in patient coordinates. */
export interface ScreenAxes {
  readonly right: Vector3;
  readonly down: Vector3;
}

const opposites: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
/** Below this part of the direction a letter is left out (about 11 degrees off the main axis). */
const smallestShare = 0.2;

/** Letters of a direction in patient coordinates (+x left, +y posterior, +z head), largest part first. */
export function directionLetters(direction: Vector3): string {
  const parts: { letter: string; size: number }[] = [
    { letter: direction[0] > 0 ? 'L' : 'R', size: Math.abs(direction[0]) },
    { letter: direction[1] > 0 ? 'P' : 'A', size: Math.abs(direction[1]) },
    { letter: direction[2] > 0 ? 'H' : 'F', size: Math.abs(direction[2]) },
  ];
  return parts
    .filter((part) => part.size > smallestShare)
    .sort((a, b) => b.size - a.size)
    .map((part) => part.letter)
    .join('');
}

/** `AR` -> `PL`; letters that have no opposite (those of animals) give nothing rather than something wrong. */
export function oppositeLetters(letters: string): string {
  const opposite = [...letters].map((letter) => opposites[letter]);
  return opposite.includes(undefined) ? '' : opposite.join('');
}

const negated = (direction: Vector3): Vector3 => [-direction[0], -direction[1], -direction[2]];

/** Patient Orientation letters of a direction given in rows (x) and columns (y) of the image. */
function letterOfImageAxis(direction: Vector3, [alongRow = '', alongColumn = '']: readonly string[]): string {
  const [x, y] = direction;
  const [part, letters] = Math.abs(x) >= Math.abs(y) ? [x, alongRow] : [y, alongColumn];
  return part > 0 ? letters : oppositeLetters(letters);
}

/**
 * The letters of an image from its plane, or else from Patient Orientation (PS3.3 C.7.6.1.1.1: direction of rows, then of
 * columns). `axes` is in patient coordinates for an image with a plane, else x runs along rows and y along columns.
 */
export function orientationMarkers(
  image: { readonly rowDirection: Vector3 | undefined; readonly patientOrientation: readonly string[] },
  axes: ScreenAxes,
): OrientationMarkers | undefined {
  const letters = (direction: Vector3): string =>
    image.rowDirection ? directionLetters(direction) : letterOfImageAxis(direction, image.patientOrientation);
  const markers = {
    top: letters(negated(axes.down)),
    right: letters(axes.right),
    bottom: letters(axes.down),
    left: letters(negated(axes.right)),
  };
  return Object.values(markers).some((marker) => marker !== '') ? markers : undefined;
}
