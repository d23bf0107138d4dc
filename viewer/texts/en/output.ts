/** Texts of printing, exporting, copying a link, and the tag browser. */
export const outputTexts = {
  output: {},
  command: {},
} as const;
