/** Texts of settings: keys, mouse, language, and the command palette, in German. */
export const preferencesTexts = {
  preferences: {},
  command: {},
} as const;
