/** Texts of measuring, in German. */
export const measuringTexts = {
  measuring: {},
  command: {},
} as const;
