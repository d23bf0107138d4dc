import { Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  changeViewSettings,
  setStartsCine,
  useStartsCine,
  useViewSettings,
} from '../../preferences/view-settings.ts';

const optionNames = ['showsOverlays', 'showsShutters', 'clampsToZero', 'invertsPet'] as const;

/** How images are shown in all viewports, and what begins by itself. */
export function ImagesSection(): ReactNode {
  const { t } = useTranslation();
  const options = useViewSettings();
  const startsCine = useStartsCine();
  return (
    <div className="settings-fields">
      <Switch
        label={t('settings.images.startsCine')}
        description={t('settings.images.startsCineHint')}
        checked={startsCine}
        onChange={(event) => setStartsCine(event.currentTarget.checked)}
        data-testid="setting-startsCine"
      />
      {optionNames.map((name) => (
        <Switch
          key={name}
          label={t(`settings.images.${name}`)}
          checked={options[name]}
          onChange={(event) => changeViewSettings({ [name]: event.currentTarget.checked })}
          data-testid={`setting-${name}`}
        />
      ))}
    </div>
  );
}
