/** Texts of measuring: tools, units, kinds of calibration, the list of measurements. */
export const measuringTexts = {
  measuring: {},
  command: {},
} as const;
