import { type Chord, chordOf, chordParts, isSingleCharacter } from './chord.ts';
import type { CommandName } from './commands.ts';

/** A key (see `chord.ts`), and what it does. */
export interface KeyBinding {
  readonly key: Chord;
  readonly command: CommandName;
}
export type KeyMap = readonly KeyBinding[];

/** Keys of both maps: hanging, priors, grids and linking. */
const layoutKeys: KeyMap = [
  { key: '.', command: 'nextStage' },
  { key: ',', command: 'previousStage' },
  { key: 'b', command: 'openPrior' },
  { key: 'shift+b', command: 'closePrior' },
  { key: 'f', command: 'toggleEnlarged' },
  { key: 'shift+PageDown', command: 'nextStudy' },
  { key: 'shift+PageUp', command: 'previousStudy' },
  { key: 'j', command: 'toolCrosshair' },
  { key: 'alt+1', command: 'layout1x1' },
  { key: 'alt+2', command: 'layout1x2' },
  { key: 'alt+3', command: 'layout1x3' },
  { key: 'alt+4', command: 'layout2x2' },
  { key: 'alt+6', command: 'layout2x3' },
  { key: 'alt+9', command: 'layout3x3' },
];

/** Keys of both maps: grey values, sizes, and what the header lays over an image. */
const viewingKeys: KeyMap = [
  { key: 'alt+v', command: 'nextHeaderWindow' },
  { key: 'alt+a', command: 'autoWindow' },
  { key: 'alt+w', command: 'fullRangeWindow' },
  { key: 'alt+0', command: 'actualPixels' },
  { key: 'alt+o', command: 'toggleOverlayPlanes' },
  { key: 'alt+s', command: 'toggleShutters' },
  { key: 'alt+z', command: 'toggleClampToZero' },
];

/** Keys of both maps: planes through volumes, and slabs. */
const volumeKeys: KeyMap = [
  { key: '6', command: 'mpr' },
  { key: 'shift+m', command: 'mpr' },
  { key: 'alt+m', command: 'mprRow' },
  { key: '7', command: 'showAxial' },
  { key: '8', command: 'showCoronal' },
  { key: '9', command: 'showSagittal' },
  { key: ']', command: 'thickerSlab' },
  { key: '[', command: 'thinnerSlab' },
];

/** Keys of both maps: what lasts. */
const evidenceKeys: KeyMap = [
  { key: 'ctrl+s', command: 'saveEvidence' },
  { key: 'y', command: 'toggleKeyImage' },
  { key: 'n', command: 'nextKeyImage' },
  { key: 'shift+n', command: 'previousKeyImage' },
  { key: 'shift+y', command: 'keyImages' },
];

/** Keys of both maps: print, export, attributes. */
const outputKeys: KeyMap = [
  { key: 'ctrl+p', command: 'print' },
  { key: 'ctrl+shift+p', command: 'printLayout' },
  { key: 'ctrl+shift+e', command: 'exportPicture' },
  { key: 'alt+c', command: 'copyPicture' },
  { key: 'alt+l', command: 'copyLink' },
  { key: 'alt+t', command: 'tagBrowser' },
];

/** The default keys: those of OHIF, where it has the action. */
export const defaultKeyMap: KeyMap = [
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
  { key: 'd', command: 'toolLength' },
  { key: 'ctrl+z', command: 'undo' },
  { key: 'ctrl+shift+z', command: 'redo' },
  { key: 'ctrl+y', command: 'redo' },
  { key: 'Delete', command: 'deleteMeasurement' },
  { key: 'Backspace', command: 'deleteMeasurement' },
  { key: 'a', command: 'toolAngle' },
  { key: 'g', command: 'toolProbe' },
  { key: 'e', command: 'toolEllipse' },
  { key: 'm', command: 'measurementList' },
  { key: 'x', command: 'toolMagnify' },
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
  ...viewingKeys,
  ...layoutKeys,
  ...evidenceKeys,
  ...outputKeys,
  ...volumeKeys,
  { key: 'k', command: 'link' },
  { key: 'u', command: 'unlink' },
  { key: 'shift+o', command: 'toggleReferenceLines' },
  { key: 'shift+r', command: 'showReport' },
  { key: '?', command: 'help' },
  { key: 'F1', command: 'help' },
  { key: 'ctrl+k', command: 'palette' },
  { key: '/', command: 'palette' },
  { key: 'ctrl+,', command: 'settings' },
];

/** The keys of IHE Basic Image Review, where it has the action (RAD TF-2 4.16.4.2.2.5, tables 5.13); the others as by default. */
export const birKeyMap: KeyMap = [
  { key: 'ArrowDown', command: 'nextImage' },
  { key: 'ArrowRight', command: 'nextImage' },
  { key: 'ArrowUp', command: 'previousImage' },
  { key: 'ArrowLeft', command: 'previousImage' },
  { key: 'Home', command: 'firstImage' },
  { key: 'End', command: 'lastImage' },
  { key: 'PageDown', command: 'nextSeries' },
  { key: 'PageUp', command: 'previousSeries' },
  { key: 'shift+ArrowRight', command: 'nextViewport' },
  { key: 'shift+ArrowLeft', command: 'previousViewport' },
  { key: 's', command: 'toolScroll' },
  { key: 'w', command: 'toolWindow' },
  { key: 'z', command: 'toolZoom' },
  { key: 't', command: 'toolPan' },
  { key: 'd', command: 'toolLength' },
  { key: 'ctrl+z', command: 'undo' },
  { key: 'ctrl+shift+z', command: 'redo' },
  { key: 'ctrl+y', command: 'redo' },
  { key: 'Delete', command: 'deleteMeasurement' },
  { key: 'Backspace', command: 'deleteMeasurement' },
  { key: 'a', command: 'toolCobbAngle' },
  { key: 'v', command: 'toolSelect' },
  { key: 'g', command: 'toolProbe' },
  { key: 'e', command: 'toolEllipse' },
  { key: 'm', command: 'measurementList' },
  { key: 'x', command: 'toolMagnify' },
  { key: '+', command: 'zoomIn' },
  { key: '-', command: 'zoomOut' },
  { key: '=', command: 'fit' },
  { key: 'i', command: 'toggleOverlay' },
  { key: 'c', command: 'toggleCine' },
  { key: '1', command: 'presetSoftTissue' },
  { key: '2', command: 'presetLung' },
  { key: '3', command: 'presetBone' },
  { key: '4', command: 'presetBrain' },
  { key: '5', command: 'presetLiver' },
  { key: '0', command: 'headerWindow' },
  ...viewingKeys,
  ...layoutKeys,
  ...evidenceKeys,
  ...outputKeys,
  { key: 'p', command: 'print' },
  ...volumeKeys,
  { key: 'l', command: 'link' },
  { key: 'u', command: 'unlink' },
  { key: 'o', command: 'toggleReferenceLines' },
  { key: 'r', command: 'showReport' },
  { key: 'Escape', command: 'displayReset' },
  { key: 'h', command: 'help' },
  { key: 'F1', command: 'help' },
  { key: '?', command: 'help' },
  { key: 'ctrl+k', command: 'palette' },
  { key: '/', command: 'palette' },
  { key: 'ctrl+,', command: 'settings' },
];

export const keyMaps = { ohif: defaultKeyMap, bir: birKeyMap } as const;
export type KeyMapName = keyof typeof keyMaps;

/** What a reader has changed of a map: the keys of a command instead of those it ships with; none is an empty list. */
export type KeyChanges = Readonly<Partial<Record<CommandName, readonly Chord[]>>>;

/** A map with the reader's changes on top: what they gave a key to has it, whatever a newer map brings. */
export function changedKeyMap(
  shipped: KeyMap,
  changes: KeyChanges,
  { hasSingleKeys = true }: { hasSingleKeys?: boolean } = {},
): KeyMap {
  const own = Object.entries(changes).flatMap(([command, keys]) =>
    keys.map((key) => ({ key, command: command as CommandName })),
  );
  const taken = new Set(own.map(({ key }) => key));
  const rest = shipped.filter(({ key, command }) => changes[command] === undefined && !taken.has(key));
  const all = [...rest, ...own];
  return hasSingleKeys ? all : all.filter(({ key }) => !isSingleCharacter(key));
}

/** Keys that are given to several commands, with all of them; only the first does anything. */
export function conflictsOf(keyMap: KeyMap): { readonly key: Chord; readonly commands: CommandName[] }[] {
  const commandsOfKey = new Map<Chord, CommandName[]>();
  for (const { key, command } of keyMap) {
    commandsOfKey.set(key, [...(commandsOfKey.get(key) ?? []), command]);
  }
  return [...commandsOfKey]
    .map(([key, commands]) => ({ key, commands }))
    .filter(({ commands }) => commands.length > 1);
}

/** Elements that use keys themselves. The slider of the position is none: its keys are those of the images. */
const keyboardOwners =
  'input:not([type="range"]), textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="listbox"]';

type KeyPress = Parameters<typeof chordOf>[0] & Pick<KeyboardEvent, 'target'>;

function bindingOf(chord: Chord, keyMap: KeyMap): KeyBinding | undefined {
  const { modifiers, key } = chordParts(chord);
  // A letter is the same with Shift, unless that has a meaning of its own.
  const plain = modifiers.join() === 'shift' && key.length === 1 ? key : undefined;
  return keyMap.find((binding) => binding.key === chord) ?? keyMap.find((binding) => binding.key === plain);
}

/** What a key press asks for; nothing while typing, in menus and dialogs. */
export function commandOfKey(event: KeyPress, keyMap: KeyMap): CommandName | undefined {
  const { target } = event;
  if (target instanceof Element && target.closest(keyboardOwners)) return undefined;
  const chord = chordOf(event);
  if (chord === undefined) return undefined;
  // A focused button is pressed with Space; that is not a reset.
  if (chord === ' ' && target instanceof Element && target.closest('button, a')) return undefined;
  return bindingOf(chord, keyMap)?.command;
}

/** The keys of a command, for help and tooltips. */
export function keysOf(command: CommandName, keyMap: KeyMap): Chord[] {
  return keyMap.filter((binding) => binding.command === command).map((binding) => binding.key);
}
