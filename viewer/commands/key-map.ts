import type { CommandName } from './commands.ts';

/** A key as `KeyboardEvent.key` gives it (letters in lower case), and what it does. */
export interface KeyBinding {
  readonly key: string;
  readonly command: CommandName;
}

/** The default keys: those of OHIF, where it has the action. */
export const defaultKeyMap: readonly KeyBinding[] = [
  { key: 'ArrowDown', command: 'nextImage' },
  { key: 'ArrowUp', command: 'previousImage' },
  { key: 'Home', command: 'firstImage' },
  { key: 'End', command: 'lastImage' },
  { key: 'PageDown', command: 'nextSeries' },
  { key: 'PageUp', command: 'previousSeries' },
  { key: 'ArrowRight', command: 'nextViewport' },
  { key: 'ArrowLeft', command: 'previousViewport' },
  { key: 'w', command: 'toolWindow' },
  { key: 'z', command: 'toolZoom' },
  { key: 'p', command: 'toolPan' },
  { key: 's', command: 'toolScroll' },
  { key: '+', command: 'zoomIn' },
  { key: '-', command: 'zoomOut' },
  { key: '=', command: 'fit' },
  { key: 'i', command: 'invert' },
  { key: 'r', command: 'rotateRight' },
  { key: 'l', command: 'rotateLeft' },
  { key: 'h', command: 'flipHorizontal' },
  { key: 'v', command: 'flipVertical' },
  { key: 'c', command: 'toggleCine' },
  { key: '1', command: 'presetSoftTissue' },
  { key: '2', command: 'presetLung' },
  { key: '3', command: 'presetBone' },
  { key: '4', command: 'presetBrain' },
  { key: '5', command: 'presetLiver' },
  { key: '0', command: 'headerWindow' },
  { key: ' ', command: 'reset' },
  { key: 'o', command: 'toggleOverlay' },
  { key: '?', command: 'help' },
  { key: 'F1', command: 'help' },
];

/** Elements that use keys themselves. The slider of the position is none: its keys are those of the images. */
const keyboardOwners =
  'input:not([type="range"]), textarea, select, [contenteditable], [role="menu"], [role="dialog"]';

/** What a key press asks for; nothing while typing, in menus and dialogs, or with Ctrl, Alt or Meta. */
export function commandOfKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'target'>,
  keyMap: readonly KeyBinding[] = defaultKeyMap,
): CommandName | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  if (event.target instanceof Element && event.target.closest(keyboardOwners)) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // A focused button is pressed with Space; that is not a reset.
  if (key === ' ' && event.target instanceof Element && event.target.closest('button, a')) return undefined;
  return keyMap.find((binding) => binding.key === key)?.command;
}

/** The keys of a command, for help and tooltips. */
export function keysOf(command: CommandName, keyMap: readonly KeyBinding[] = defaultKeyMap): string[] {
  return keyMap.filter((binding) => binding.command === command).map((binding) => binding.key);
}
