/** Texts of layouts, hanging protocols, priors and linked viewports. */
export const layoutTexts = {
  layout: {},
  command: {},
} as const;
