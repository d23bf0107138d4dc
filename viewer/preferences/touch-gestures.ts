/** What fingers can do over images, for settings and help; texts are `touch.NAME`. `interactions.ts` does them. */
export const touchGestures = ['oneFinger', 'twoFingers', 'threeFingers', 'doubleTap', 'longPress'] as const;
