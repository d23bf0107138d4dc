/** Texts of reformatted volumes (MPR), slabs, and what stands against them. */
export const volumeTexts = {
  volume: {},
  command: {},
} as const;
