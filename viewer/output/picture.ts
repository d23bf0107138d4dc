import i18next from 'i18next';
import { isNotDiagnostic } from '../components/not-diagnostic.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import type { PictureChoice } from './output-store.ts';
import { paintElement } from './paint-element.ts';

/** Pixels painted for one CSS pixel: letters and lines stay sharp on paper. */
const pictureScale = 2;

/** What one works with, what belongs to that, and what is for ears only. */
const neverPainted =
  'button, input, select, textarea, [role="toolbar"], [role="slider"], .key-places, .visually-hidden, [data-no-print]';
/** Texts of the corners; letters of orientation and warnings stay whatever is left out. */
const texts = '.overlay-line, .overlay-position, [data-testid="overlay-identity"] .overlay-line';
const drawings = '[data-testid^="measurements-"], .key-star';

function elementOf({ scope }: PictureChoice, tile: number): Element | undefined {
  const selector = scope === 'layout' ? '[data-testid="tiles"]' : `[data-testid="viewport-${tile}"]`;
  return document.querySelector(selector) ?? undefined;
}

/** A band below the picture that says what it must not be used for. */
function stamped(picture: HTMLCanvasElement): HTMLCanvasElement {
  const height = Math.round(22 * pictureScale);
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height + height;
  const context = canvas.getContext('2d');
  if (!context) return picture;
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0);
  context.fillStyle = '#ffd43b';
  context.font = `${13 * pictureScale}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(
    i18next.t('app.notDiagnostic'),
    canvas.width / 2,
    picture.height + height / 2,
    canvas.width,
  );
  return canvas;
}

/** What is on the screen as a picture of its own, the active viewport unless another is given; undefined where there is none. */
export function takePicture(
  choice: PictureChoice,
  tile = useWorkspace.getState().activeTile,
): HTMLCanvasElement | undefined {
  const element = elementOf(choice, tile);
  if (!element) return undefined;
  const leftOut = [
    neverPainted,
    ...(choice.hasTexts ? [] : [texts]),
    ...(choice.hasDrawings ? [] : [drawings]),
  ];
  const selector = leftOut.join(', ');
  const picture = paintElement(element, pictureScale, (part) => part.matches(selector));
  return isNotDiagnostic() ? stamped(picture) : picture;
}

/** The picture as a file. */
export function encodePicture(
  picture: HTMLCanvasElement,
  mediaType: 'image/png' | 'image/jpeg',
): Promise<Blob> {
  return new Promise((resolve, reject) =>
    picture.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be written'))),
      mediaType,
      0.95,
    ),
  );
}
