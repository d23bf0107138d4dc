import { Loader, Modal } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { togglePanel, useWorkspace } from '../../workspace/workspace-store.ts';

const SettingsBody = lazy(async () => ({
  default: (await import('../settings/settings-body.tsx')).SettingsBody,
}));

/** The settings over the images, so that a study need not be left for them. */
export function SettingsDialog(): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'settings');
  return (
    <Modal
      opened={isOpen}
      onClose={() => togglePanel('settings')}
      title={t('settings.title')}
      size={1000}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <Suspense fallback={<Loader />}>
        <SettingsBody />
      </Suspense>
    </Modal>
  );
}
