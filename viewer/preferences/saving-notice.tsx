import './saving-notice.css';
import { Notification } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dismissSavingProblem, useSavingProblem } from './preference-store.ts';

/** Tells once that what was set holds for now only. */
export function SavingNotice(): ReactNode {
  const { t } = useTranslation();
  const problem = useSavingProblem();
  if (!problem) return null;
  return (
    <Notification
      className="saving-notice"
      role="status"
      color="yellow"
      title={t('preferences.notSaved')}
      onClose={dismissSavingProblem}
      closeButtonProps={{ 'aria-label': t('app.close') }}
      data-testid="saving-notice"
    >
      {t(`preferences.${problem}`)}
    </Notification>
  );
}
