/** Texts of the footer: memory, loading; in German. */
export const memoryTexts = {
  memory: {},
  command: {},
} as const;
