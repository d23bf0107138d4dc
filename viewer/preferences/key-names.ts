import { useTranslation } from 'react-i18next';
import { type Chord, chordParts } from '../commands/chord.ts';
import type { CommandName } from '../commands/commands.ts';
import { keysOf } from '../commands/key-map.ts';
import { useKeyMap } from './key-settings.ts';

/** A chord as it is written on a keyboard: `Ctrl+Shift+Z`. */
export function useChordName(): (chord: Chord) => string {
  const { t, i18n } = useTranslation();
  const nameOf = (key: string) => {
    const name = key === ' ' ? 'Space' : key;
    return i18n.exists(`key.${name}`) ? t(`key.${name}` as 'key.Space') : name.toUpperCase();
  };
  return (chord) => {
    const { modifiers, key } = chordParts(chord);
    return [...modifiers, key].map(nameOf).join('+');
  };
}

/** The keys of a command in force, as they are written on a keyboard; empty where it has none. */
export function useKeyNames(): (command: CommandName) => string {
  const keyMap = useKeyMap();
  const chordName = useChordName();
  return (command) => keysOf(command, keyMap).map(chordName).join(', ');
}
