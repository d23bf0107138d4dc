/** Texts of the footer: memory, loading. */
export const memoryTexts = {
  memory: {},
  command: {},
} as const;
