/**
 * A key with the modifiers held, as text: `w`, `ctrl+shift+z`, `PageDown`, `alt+F1`. The key is that of `KeyboardEvent.key`, letters in
 * lower case; modifiers in the order ctrl, alt, shift. Shift is named with letters and named keys only: `?` is itself, wherever it lies.
 */
export type Chord = string;

type KeyEvent = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'> &
  Partial<Pick<KeyboardEvent, 'code' | 'getModifierState'>>;

const modifierKeys = [
  'Control',
  'Shift',
  'Alt',
  'AltGraph',
  'Meta',
  'CapsLock',
  'NumLock',
  'Dead',
  'Process',
];
const letter = /^\p{L}$/u;

/** On keyboards without Latin letters, and with Alt on a Mac, the place of the key tells which letter it would be. */
function keyOf(event: KeyEvent): string {
  const { key, code = '' } = event;
  const [, place] = /^Key([A-Z])$/.exec(code) ?? [];
  if (key.length === 1 && place !== undefined && !/[\u0020-\u024f]/.test(key)) return place.toLowerCase();
  return key.length === 1 ? key.toLowerCase() : key;
}

/** What is pressed; undefined while only modifiers are. Ctrl and the Mac's Command are one. */
export function chordOf(event: KeyEvent): Chord | undefined {
  if (modifierKeys.includes(event.key)) return undefined;
  const key = keyOf(event);
  // AltGr, which some systems report as Ctrl and Alt, is how some signs are typed.
  const isTyped = key.length === 1 && event.getModifierState?.('AltGraph') === true;
  const isSign = key.length === 1 && !letter.test(key) && key !== ' ';
  const modifiers = [
    !isTyped && (event.ctrlKey || event.metaKey) ? 'ctrl+' : '',
    !isTyped && event.altKey ? 'alt+' : '',
    event.shiftKey && !isSign ? 'shift+' : '',
  ];
  return modifiers.join('') + key;
}

/** Modifiers and key of a chord. */
export function chordParts(chord: Chord): { modifiers: string[]; key: string } {
  const [, modifiers = '', key = ''] = /^((?:(?:ctrl|alt|shift)\+)*)(.+)$/s.exec(chord) ?? [];
  return { modifiers: modifiers.split('+').filter(Boolean), key };
}

/** A letter, digit or sign alone, which speech input and shaking hands press by accident (WCAG 2.1.4). */
export function isSingleCharacter(chord: Chord): boolean {
  const { modifiers, key } = chordParts(chord);
  return key.length === 1 && key !== ' ' && !modifiers.some((modifier) => modifier !== 'shift');
}

/** Keys that move the focus, or that the browser never gives to a page. */
const reserved = [
  'Tab',
  'shift+Tab',
  'Enter',
  ...['n', 't', 'w', 'Tab', 'F4', 'PageDown', 'PageUp'].flatMap((key) => [
    `ctrl+${key}`,
    `ctrl+shift+${key}`,
  ]),
  'alt+F4',
  'F11',
  'F12',
];

/** Whether a command can't be given this chord. */
export const isReserved = (chord: Chord): boolean => reserved.includes(chord);
