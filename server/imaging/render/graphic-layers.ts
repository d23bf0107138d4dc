import type { DataSet } from '../../dicom/data-set.ts';
import { itemsOf, numberOf, numbersOf, textOf } from './attribute-values.ts';
import { rgbOfCielab } from './cielab.ts';
import type { Rgb } from './raster.ts';

const white: Rgb = [255, 255, 255];

/** The layers of a presentation state (PS3.3 C.10.7), lowest first, with the colour each is drawn in. */
export function graphicLayersOf(presentationState: DataSet): Map<string, Rgb> {
  const layers = itemsOf(presentationState, 'GraphicLayerSequence').map((item) => ({
    name: textOf(item, 'GraphicLayer')?.trim() ?? '',
    order: numberOf(item, 'GraphicLayerOrder') ?? 0,
    color: layerColor(item),
  }));
  layers.sort((a, b) => a.order - b.order);
  return new Map(layers.map(({ name, color }) => [name, color]));
}

/** By Recommended Display CIELab Value, else the retired RGB one, else the grey one, each of 16 bits. */
function layerColor(item: DataSet): Rgb {
  const lab = numbersOf(item, 'GraphicLayerRecommendedDisplayCIELabValue');
  if (lab.length === 3) return rgbOfCielab(lab.map((value) => value ?? 0));
  const [red, green, blue] = numbersOf(item, '00700067');
  if (red !== undefined && green !== undefined && blue !== undefined)
    return [toByte(red), toByte(green), toByte(blue)];
  const grey = numberOf(item, 'GraphicLayerRecommendedDisplayGrayscaleValue');
  return grey === undefined ? white : [toByte(grey), toByte(grey), toByte(grey)];
}

function toByte(value: number): number {
  return Math.round((Math.min(65535, Math.max(0, value)) / 65535) * 255);
}

export function colorOfLayer(layers: ReadonlyMap<string, Rgb>, name: string | undefined): Rgb {
  return layers.get(name?.trim() ?? '') ?? white;
}
