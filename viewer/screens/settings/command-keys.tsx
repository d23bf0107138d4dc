import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CommandName } from '../../commands/commands.ts';
import { keyMaps, keysOf } from '../../commands/key-map.ts';
import { useChordName } from '../../preferences/key-names.ts';
import { removeKey, resetKeys, useKeyMap, useKeySettings } from '../../preferences/key-settings.ts';
import { KeyCapture } from './key-capture.tsx';

/** One command of the editor: its keys, each to be taken away, and buttons to give it another or those it ships with. */
export function CommandKeys({ command }: { command: CommandName }): ReactNode {
  const { t } = useTranslation();
  const chordName = useChordName();
  const { map, changes } = useKeySettings();
  const keys = keysOf(command, useKeyMap());
  const [isCapturing, setIsCapturing] = useState(false);
  const name = t(`command.${command}` as 'command.fit');
  const isChanged =
    changes[map]?.[command] !== undefined || keysOf(command, keyMaps[map]).some((key) => !keys.includes(key));
  return (
    <tr data-testid={`keys-${command}`}>
      <th scope="row">{name}</th>
      <td>
        {keys.map((key) => (
          <button
            key={key}
            type="button"
            className="key-chip"
            aria-label={t('settings.keys.remove', { key: chordName(key), command: name })}
            title={t('settings.keys.remove', { key: chordName(key), command: name })}
            onClick={() => removeKey(command, key)}
          >
            <kbd>{chordName(key)}</kbd>
            <span aria-hidden="true">×</span>
          </button>
        ))}
        {isCapturing ? (
          <KeyCapture command={command} onDone={() => setIsCapturing(false)} />
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t('settings.keys.addTo', { command: name })}
            onClick={() => setIsCapturing(true)}
            data-testid={`add-key-${command}`}
          >
            {t('settings.keys.add')}
          </Button>
        )}
        {isChanged ? (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={t('settings.keys.resetOf', { command: name })}
            onClick={() => resetKeys(command)}
            data-testid={`reset-keys-${command}`}
          >
            {t('settings.keys.reset')}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
