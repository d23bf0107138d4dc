import { Alert, Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CommandGroupName, type CommandName, commandGroups } from '../../commands/commands.ts';
import { conflictsOf, type KeyMapName, keyMaps } from '../../commands/key-map.ts';
import { useChordName } from '../../preferences/key-names.ts';
import {
  chooseKeyMap,
  resetAllKeys,
  setHasSingleKeys,
  useKeyMap,
  useKeySettings,
} from '../../preferences/key-settings.ts';
import { CommandKeys } from './command-keys.tsx';

const keyMapNames = Object.keys(keyMaps) as KeyMapName[];
const groupNames = Object.keys(commandGroups) as CommandGroupName[];

/** Keys that several commands have: only one of them works. */
function Conflicts(): ReactNode {
  const { t } = useTranslation();
  const chordName = useChordName();
  const conflicts = conflictsOf(useKeyMap());
  if (conflicts.length === 0) return null;
  return (
    <Alert color="yellow" title={t('settings.keys.conflicts')} data-testid="key-conflicts">
      <ul>
        {conflicts.map(({ key, commands }) => (
          <li key={key}>
            {t('settings.keys.conflict', {
              key: chordName(key),
              commands: commands.map((name) => t(`command.${name}` as 'command.fit')).join(', '),
            })}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function KeyGroup({ name, filter }: { name: CommandGroupName; filter: string }): ReactNode {
  const { t } = useTranslation();
  const wanted = filter.trim().toLowerCase();
  const names = (Object.keys(commandGroups[name]) as CommandName[]).filter((command) =>
    t(`command.${command}` as 'command.fit')
      .toLowerCase()
      .includes(wanted),
  );
  if (names.length === 0) return null;
  return (
    <table className="key-table">
      <caption>{t(`commandGroup.${name}` as 'commandGroup.tools')}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t('settings.keys.command')}</th>
          <th scope="col">{t('settings.keys.keys')}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((command) => (
          <CommandKeys key={command} command={command} />
        ))}
      </tbody>
    </table>
  );
}

/** The key map, and an editor for all of it. */
export function KeysSection(): ReactNode {
  const { t } = useTranslation();
  const { map, hasSingleKeys } = useKeySettings();
  const [filter, setFilter] = useState('');
  return (
    <div className="settings-fields">
      <NativeSelect
        label={t('settings.keys.map')}
        description={t('settings.keys.mapHint')}
        value={map}
        onChange={(event) => {
          const chosen = keyMapNames.find((name) => name === event.currentTarget.value);
          if (chosen) chooseKeyMap(chosen);
        }}
        data={keyMapNames.map((value) => ({ value, label: t(`settings.keys.maps.${value}`) }))}
        data-testid="key-map"
      />
      <Switch
        label={t('settings.keys.singleKeys')}
        description={t('settings.keys.singleKeysHint')}
        checked={hasSingleKeys}
        onChange={(event) => setHasSingleKeys(event.currentTarget.checked)}
        data-testid="single-keys"
      />
      <Conflicts />
      <div className="key-tools">
        <TextInput
          label={t('settings.keys.find')}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          data-testid="key-filter"
        />
        <Button variant="default" onClick={resetAllKeys} data-testid="keys-reset-all">
          {t('settings.keys.resetAll')}
        </Button>
      </div>
      {groupNames.map((name) => (
        <KeyGroup key={name} name={name} filter={filter} />
      ))}
    </div>
  );
}
