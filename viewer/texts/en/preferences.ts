/** Texts of settings: keys, mouse, language, and the command palette. */
export const preferencesTexts = {
  preferences: {},
  command: {},
} as const;
