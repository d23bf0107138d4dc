import { Button, Group, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { leaveAnyway, stay, unsavedCount, useLeaving } from '../workspace/leaving.ts';

/** Asks whether to leave what is not saved. */
export function LeaveDialog(): ReactNode {
  const { t } = useTranslation();
  const isAsked = useLeaving(({ go }) => go !== undefined);
  if (!isAsked) return null;
  const measurements = unsavedCount('measurements');
  return (
    <Modal
      opened
      centered
      onClose={stay}
      title={t('measuring.leaveTitle')}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div data-testid="measuring-leave">
        {measurements > 0 ? (
          <>
            <Text size="sm">{t('measuring.leaveHint', { count: measurements })}</Text>
            <Text size="sm">{t('measuring.leaveHintMore')}</Text>
          </>
        ) : null}
        {unsavedCount('marks') > 0 ? <Text size="sm">{t('measuring.leaveHintMarks')}</Text> : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={stay} data-testid="measuring-no">
            {t('measuring.stay')}
          </Button>
          <Button onClick={leaveAnyway} data-testid="measuring-yes">
            {t('measuring.leave')}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
