import './settings.css';
import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { settingsSections } from './sections.ts';

/** All that can be set, on a screen of its own or in a dialog of the viewer. */
export function SettingsBody(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="settings-body" data-testid="settings">
      <nav aria-label={t('settings.contents')}>
        <ul>
          {settingsSections.map(({ name }) => (
            <li key={name}>
              <a href={`#settings-${name}`}>{t(`settings.section.${name}` as 'settings.section.general')}</a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="settings-sections">
        {settingsSections.map(({ name, Section }) => (
          <section key={name} id={`settings-${name}`} aria-labelledby={`settings-${name}-title`}>
            <Title order={2} size="h4" fw={600} id={`settings-${name}-title`}>
              {t(`settings.section.${name}` as 'settings.section.general')}
            </Title>
            <Section />
          </section>
        ))}
        <p className="settings-hint">{t('settings.savedAtOnce')}</p>
      </div>
    </div>
  );
}
