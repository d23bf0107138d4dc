import { Button, List, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/dialog.tsx';
import { findingText } from './finding-text.ts';
import { closeRefusal, useMpr } from './open-mpr.ts';

const megabytes = (bytes: number) => Math.ceil(bytes / 1024 ** 2);

/** Says why a series is not reformatted, with the numbers. */
export function MprRefusalDialog(): ReactNode {
  const { t } = useTranslation();
  const refusal = useMpr((store) => store.refusal);
  const refused = refusal?.findings.filter(({ outcome }) => outcome === 'refused') ?? [];
  return (
    <Dialog opened={refusal !== undefined} onClose={closeRefusal} title={t('volume.refusedTitle')} centered>
      <div data-testid="mpr-refusal">
        <List mb="md">
          {refused.map((finding) => (
            <List.Item key={finding.name}>{findingText(t, finding)}</List.Item>
          ))}
          {refusal?.tooLarge ? (
            <List.Item>
              {t('volume.tooLarge', {
                needed: megabytes(refusal.tooLarge.neededBytes),
                limit: megabytes(refusal.tooLarge.limitBytes),
              })}
            </List.Item>
          ) : null}
        </List>
        {refusal?.tooLarge ? null : <Text mb="md">{t('volume.refusedHint')}</Text>}
        <Button onClick={closeRefusal} data-autofocus>
          {t('volume.refusedClose')}
        </Button>
      </div>
    </Dialog>
  );
}
