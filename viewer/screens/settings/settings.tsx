import { Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { NotDiagnosticNotice } from '../../components/brand.tsx';
import { Icon } from '../../components/icons.tsx';
import { SettingsBody } from './settings-body.tsx';

/** The settings as a screen (`/settings`). */
export function Settings(): ReactNode {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = t('settings.documentTitle');
    return () => {
      document.title = t('app.name');
    };
  }, [t]);
  return (
    <div className="settings-screen">
      <header>
        <Link href="/" className="settings-back" data-testid="settings-back">
          <Icon name="back" />
          {t('app.toStudyList')}
        </Link>
        <Title order={1} size="h4" fw={600}>
          {t('settings.title')}
        </Title>
        <NotDiagnosticNotice />
      </header>
      <main>
        <SettingsBody />
      </main>
    </div>
  );
}
