import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/dialog.tsx';
import { WaitSign } from '../../components/wait-sign.tsx';
import { togglePanel, useWorkspace } from '../../workspace/workspace-store.ts';

const SettingsBody = lazy(async () => ({
  default: (await import('../settings/settings-body.tsx')).SettingsBody,
}));

/** The settings over the images, so that a study need not be left for them. */
export function SettingsDialog(): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'settings');
  return (
    <Dialog opened={isOpen} onClose={() => togglePanel('settings')} title={t('settings.title')} size={1000}>
      <Suspense fallback={<WaitSign />}>
        <SettingsBody />
      </Suspense>
    </Dialog>
  );
}
