import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Chord, chordOf, isReserved } from '../../commands/chord.ts';
import type { CommandName } from '../../commands/commands.ts';
import { useChordName } from '../../preferences/key-names.ts';
import { addKey, useKeyMap } from '../../preferences/key-settings.ts';

/** Waits for a key to give to a command; asks before it takes one away from another. */
export function KeyCapture({ command, onDone }: { command: CommandName; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const chordName = useChordName();
  const keyMap = useKeyMap();
  const [pressed, setPressed] = useState<Chord>();
  const owner = keyMap.find((binding) => binding.key === pressed && binding.command !== command)?.command;
  const isRefused = pressed !== undefined && isReserved(pressed);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      const isOnButton = event.target instanceof HTMLButtonElement;
      // Tab leaves, and buttons are pressed, as everywhere.
      if (chord === undefined || chord === 'Tab' || chord === 'shift+Tab') return;
      if (isOnButton && pressed !== undefined && (chord === 'Enter' || chord === ' ')) return;
      event.preventDefault();
      event.stopPropagation();
      const isFree =
        !isReserved(chord) && !keyMap.some((one) => one.key === chord && one.command !== command);
      if (!isFree) return setPressed(chord);
      addKey(command, chord);
      onDone();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [command, keyMap, onDone, pressed]);

  const message = () => {
    if (pressed === undefined) return t('settings.keys.press');
    if (isRefused) return t('settings.keys.reserved', { key: chordName(pressed) });
    return t('settings.keys.taken', {
      key: chordName(pressed),
      command: owner ? t(`command.${owner}` as 'command.fit') : '',
    });
  };
  return (
    <span className="key-capture" data-testid="key-capture">
      <span role="status">{message()}</span>
      {pressed !== undefined && owner && !isRefused ? (
        <Button
          size="compact-sm"
          onClick={() => {
            addKey(command, pressed);
            onDone();
          }}
          data-testid="take-key"
        >
          {t('settings.keys.take')}
        </Button>
      ) : null}
      <Button size="compact-sm" variant="default" onClick={onDone} data-testid="cancel-key">
        {t('settings.keys.cancel')}
      </Button>
    </span>
  );
}
