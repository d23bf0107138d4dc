import { Checkbox, NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMemory } from '../../components/format-memory.ts';
import {
  memoryLimits,
  setFooterShown,
  setMemoryLimit,
  useIsFooterShown,
  useMemoryLimit,
} from '../../preferences/memory-settings.ts';

const MiB = 1024 ** 2;

/** How much memory images may take, and whether the footer tells of it. */
export function MemorySection(): ReactNode {
  const { t, i18n } = useTranslation();
  const limit = useMemoryLimit();
  const isFooterShown = useIsFooterShown();
  return (
    <div className="settings-fields">
      <NativeSelect
        label={t('memory.limit')}
        description={t('memory.limitHint')}
        value={limit === undefined ? '' : String(limit)}
        onChange={(event) => setMemoryLimit(Number(event.currentTarget.value) || undefined)}
        data={[
          { value: '', label: t('memory.limitAutomatic') },
          ...memoryLimits.map((value) => ({
            value: String(value),
            label: formatMemory(value * MiB, i18n.language),
          })),
        ]}
        data-testid="setting-memory-limit"
      />
      <Checkbox
        label={t('memory.showFooter')}
        checked={isFooterShown}
        onChange={(event) => setFooterShown(event.currentTarget.checked)}
        data-testid="setting-footer"
      />
    </div>
  );
}
