// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chordOf, isReserved, isSingleCharacter } from '../../../viewer/commands/chord.ts';
import { commandGroups, commands } from '../../../viewer/commands/commands.ts';
import {
  birKeyMap,
  changedKeyMap,
  commandOfKey,
  conflictsOf,
  defaultKeyMap,
  type KeyMap,
  keyMaps,
  keysOf,
} from '../../../viewer/commands/key-map.ts';
import {
  addKey,
  chooseKeyMap,
  getKeyMap,
  parseKeySettings,
  removeKey,
  resetAllKeys,
  resetKeys,
  setHasSingleKeys,
} from '../../../viewer/preferences/key-settings.ts';
import { forgetPreferences } from '../../../viewer/preferences/preference-store.ts';

vi.mock('../../../viewer/dicomweb/preferences.ts', () => ({
  fetchPreferences: async () => ({}),
  savePreference: async () => {},
}));

const none = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, target: document.body };
const press = (key: string, keyMap: KeyMap = defaultKeyMap, more: Partial<KeyboardEvent> = {}) =>
  commandOfKey({ ...none, key, ...more }, keyMap);

describe('a chord', () => {
  it.each([
    [{ key: 'w' }, 'w'],
    [{ key: 'W' }, 'w'],
    [{ key: 'W', shiftKey: true }, 'shift+w'],
    [{ key: 'z', ctrlKey: true }, 'ctrl+z'],
    [{ key: 'Z', ctrlKey: true, shiftKey: true }, 'ctrl+shift+z'],
    [{ key: 'z', metaKey: true }, 'ctrl+z'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: '+', ctrlKey: true }, 'ctrl++'],
    [{ key: 'PageDown', altKey: true }, 'alt+PageDown'],
    [{ key: ' ', shiftKey: true }, 'shift+ '],
    // German: AltGr and 8 is a bracket, and not Ctrl+Alt.
    [{ key: '[', ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' }, '['],
    // A Russian keyboard, and Alt on a Mac: the place of the key.
    [{ key: 'ц', code: 'KeyW' }, 'w'],
    [{ key: '˚', code: 'KeyK', altKey: true }, 'alt+k'],
    // The letter counts, not the place: QWERTZ has z where QWERTY has y.
    [{ key: 'z', code: 'KeyY' }, 'z'],
    [{ key: 'ö', code: 'Semicolon' }, 'ö'],
  ])('of %o is %s', (event, chord) => {
    expect(chordOf({ ...none, ...event })).toBe(chord);
  });

  it('is none while only modifiers are held', () => {
    for (const key of ['Control', 'Shift', 'Alt', 'AltGraph', 'Meta']) {
      expect(chordOf({ ...none, key })).toBeUndefined();
    }
  });

  it('may be a single character, with or without Shift', () => {
    expect(['w', 'shift+w', '+', '1'].every(isSingleCharacter)).toBe(true);
    expect(['ctrl+w', 'ctrl++', 'PageDown', 'F1', 'shift+PageDown', ' '].some(isSingleCharacter)).toBe(false);
  });

  it('that moves the focus or belongs to the browser is not given away', () => {
    expect(['Tab', 'shift+Tab', 'Enter', 'ctrl+w', 'ctrl+t'].every(isReserved)).toBe(true);
    expect(['w', 'ctrl+p', 'ctrl+k', 'Escape', 'F1'].some(isReserved)).toBe(false);
  });
});

describe.each(Object.entries(keyMaps))('the key map %s', (_, keyMap) => {
  it('has every key once, as events give it', () => {
    expect(conflictsOf(keyMap)).toEqual([]);
    const wrong = keyMap.filter(({ key }) => key.length === 1 && key !== key.toLowerCase());
    expect(wrong).toEqual([]);
    expect(keyMap.filter(({ key }) => isReserved(key))).toEqual([]);
  });

  it('names commands that there are', () => {
    expect(keyMap.filter(({ command }) => !Object.hasOwn(commands, command))).toEqual([]);
  });
});

describe('the key map of IHE BIR', () => {
  // RAD TF-2 4.16.4.2.2.5, tables 5.13: letters in either case.
  it.each([
    ['s', 'toolScroll'],
    ['W', 'toolWindow'],
    ['z', 'toolZoom'],
    ['T', 'toolPan'],
    ['i', 'toggleOverlay'],
    ['C', 'toggleCine'],
    ['h', 'help'],
    ['F1', 'help'],
    ['Escape', 'displayReset'],
    ['V', 'toolSelect'],
    ['d', 'toolLength'],
    ['A', 'toolCobbAngle'],
    ['j', 'toolCrosshair'],
    ['O', 'toggleReferenceLines'],
    ['l', 'link'],
    ['u', 'unlink'],
    ['ArrowUp', 'previousImage'],
    ['ArrowDown', 'nextImage'],
    ['ArrowLeft', 'previousImage'],
    ['ArrowRight', 'nextImage'],
    ['PageUp', 'previousSeries'],
    ['PageDown', 'nextSeries'],
  ])('has %s for %s', (key, command) => {
    expect(press(key, birKeyMap)).toBe(command);
    if (/^[a-z]$/i.test(key)) expect(press(key.toUpperCase(), birKeyMap, { shiftKey: true })).toBe(command);
  });
});

describe('a changed key map', () => {
  it('takes a key from what it ships with', () => {
    const keyMap = changedKeyMap(defaultKeyMap, { invert: ['w', 'ctrl+i'] });
    expect(press('w', keyMap)).toBe('invert');
    expect(press('i', keyMap)).toBeUndefined();
    expect(press('i', keyMap, { ctrlKey: true })).toBe('invert');
    expect(keysOf('toolWindow', keyMap)).toEqual([]);
    expect(conflictsOf(keyMap)).toEqual([]);
  });

  it('tells what was given away twice', () => {
    const keyMap = changedKeyMap(defaultKeyMap, { invert: ['x'], fit: ['x'] });
    expect(conflictsOf(keyMap)).toEqual([{ key: 'x', commands: ['invert', 'fit'] }]);
  });

  it('has no single characters where they are off', () => {
    const keyMap = changedKeyMap(defaultKeyMap, { invert: ['ctrl+i'] }, { hasSingleKeys: false });
    expect(press('w', keyMap)).toBeUndefined();
    expect(press('1', keyMap)).toBeUndefined();
    expect(press('i', keyMap, { ctrlKey: true })).toBe('invert');
    expect(press('ArrowDown', keyMap)).toBe('nextImage');
    expect(press('F1', keyMap)).toBe('help');
  });
});

describe('the preference of keys', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    forgetPreferences();
    vi.useRealTimers();
  });

  it('adds, takes and gives back keys, each map by itself', () => {
    addKey('invert', 'w');
    expect(keysOf('invert', getKeyMap())).toEqual(['i', 'w']);
    expect(keysOf('toolWindow', getKeyMap())).toEqual([]);
    removeKey('invert', 'i');
    expect(press('i', getKeyMap())).toBeUndefined();

    chooseKeyMap('bir');
    expect(press('w', getKeyMap())).toBe('toolWindow');
    chooseKeyMap('ohif');
    expect(press('w', getKeyMap())).toBe('invert');

    resetKeys('toolWindow');
    expect(press('w', getKeyMap())).toBe('toolWindow');
    expect(keysOf('invert', getKeyMap())).toEqual([]);
    resetAllKeys();
    expect(getKeyMap()).toEqual(defaultKeyMap);
  });

  it('remembers keys while single ones are off', () => {
    addKey('invert', 'x');
    setHasSingleKeys(false);
    addKey('invert', 'ctrl+i');
    expect(keysOf('invert', getKeyMap())).toEqual(['ctrl+i']);
    setHasSingleKeys(true);
    expect(keysOf('invert', getKeyMap())).toEqual(['i', 'x', 'ctrl+i']);
  });

  it('of another version is taken as far as it can be', () => {
    expect(parseKeySettings('nonsense')).toBeUndefined();
    expect(
      parseKeySettings({
        map: 'gone',
        changes: { ohif: { invert: ['x', 5, ''], madeUp: ['y'], fit: 'z' }, other: {} },
        hasSingleKeys: 'yes',
      }),
    ).toEqual({ map: 'ohif', changes: { ohif: { invert: ['x'] }, bir: {} }, hasSingleKeys: true });
  });
});

it('every command is in one group of the lists', () => {
  const grouped = Object.values(commandGroups).flatMap((group) => Object.keys(group));
  expect(grouped.sort()).toEqual(Object.keys(commands).sort());
});
