/** Texts of the footer: memory, loading. */
export const memoryTexts = {
  memory: {
    footer: 'Loading and memory',
    hide: 'Hide this line (settings bring it back)',
    showFooter: 'Line with loading and memory below the images',
    limit: 'Memory for images',
    limitHint:
      'What is farthest from the images on the screen is given up first; it is fetched again when needed.',
    limitAutomatic: 'By the memory of this computer',
    used: 'Memory {{used}} of {{limit}}',
    hint: 'Images and volumes in memory, and how much they may take (settings)',
    warning: 'nearly full',
    critical: 'full: images far from the screen are given up',
    progress: '{{loaded}} of {{count}} images loaded',
    loading: 'loading {{count}}',
    offline: 'This computer is offline',
    noAnswer: 'The archive does not answer',
  },
  command: {},
} as const;
