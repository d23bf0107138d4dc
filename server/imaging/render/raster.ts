/** An image ready for display: 8 bits a sample, samples of a pixel beside each other, row by row from the top left. */
export interface Raster {
  width: number;
  height: number;
  /** Grey or RGB. */
  channels: 1 | 3;
  data: Uint8Array;
}

/** A grey raster as RGB; one in RGB as it is. */
export function asRgb(raster: Raster): Raster {
  if (raster.channels === 3) return raster;
  const data = new Uint8Array(raster.data.length * 3);
  for (let pixel = 0, at = 0; pixel < raster.data.length; pixel++) {
    const grey = raster.data[pixel] ?? 0;
    data[at++] = grey;
    data[at++] = grey;
    data[at++] = grey;
  }
  return { ...raster, channels: 3, data };
}

export type Rgb = readonly [red: number, green: number, blue: number];

export function isGrey([red, green, blue]: Rgb): boolean {
  return red === green && green === blue;
}

/** Paints a pixel (0-based index) in place; in a grey raster only the red sample counts. */
export function paint(raster: Raster, pixel: number, color: Rgb): void {
  if (raster.channels === 1) {
    raster.data[pixel] = color[0];
    return;
  }
  raster.data[pixel * 3] = color[0];
  raster.data[pixel * 3 + 1] = color[1];
  raster.data[pixel * 3 + 2] = color[2];
}
