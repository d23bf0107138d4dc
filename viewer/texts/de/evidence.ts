/** Texts of saved measurements and key images, in German. */
export const evidenceTexts = {
  evidence: {},
  command: {},
} as const;
