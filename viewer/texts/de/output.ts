/** Texts of printing, exporting, links and the tag browser, in German. */
export const outputTexts = {
  output: {},
  command: {},
} as const;
