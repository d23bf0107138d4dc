/** Texts of what is said about an image: lookup tables, SUV, overlays, shutters, cine. */
export const imagingTexts = {
  imaging: {},
  command: {},
} as const;
