/** Texts of what is said about an image, in German. */
export const imagingTexts = {
  imaging: {},
  command: {},
} as const;
