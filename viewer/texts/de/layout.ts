/** Texts of layouts, hanging protocols, priors and linked viewports, in German. */
export const layoutTexts = {
  layout: {},
  command: {},
} as const;
