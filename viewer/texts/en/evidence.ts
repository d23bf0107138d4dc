/** Texts of saved measurements and key images. */
export const evidenceTexts = {
  evidence: {},
  command: {},
} as const;
