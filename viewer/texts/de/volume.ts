/** Texts of reformatted volumes (MPR) and slabs, in German. */
export const volumeTexts = {
  volume: {},
  command: {},
} as const;
