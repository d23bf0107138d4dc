import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsNotDiagnostic } from '../../components/not-diagnostic.ts';
import { setPreference, usePreference } from '../../preferences/preference-store.ts';
import {
  overlayDetails,
  setDefaultOverlayDetail,
  useDefaultOverlayDetail,
} from '../../preferences/reader-defaults.ts';
import { languageOf, languages } from '../../texts/languages.ts';

const parseLanguage = (value: unknown): string | undefined => languageOf(value)?.code;

/** Language, and what a study looks like when it is opened. */
export function GeneralSection(): ReactNode {
  const { t } = useTranslation();
  const language = usePreference('language', parseLanguage, '');
  const overlayDetail = useDefaultOverlayDetail();
  const isNotDiagnostic = useIsNotDiagnostic();
  return (
    <div className="settings-fields">
      <NativeSelect
        label={t('settings.language')}
        value={language}
        onChange={(event) => setPreference('language', event.currentTarget.value || undefined)}
        data={[
          { value: '', label: t('settings.browserLanguage') },
          ...languages.map(({ code, name }) => ({ value: code, label: name })),
        ]}
        data-testid="setting-language"
      />
      <NativeSelect
        label={t('settings.overlayDetail')}
        description={t('settings.overlayDetailHint')}
        value={overlayDetail}
        onChange={(event) => {
          const detail = overlayDetails.find((one) => one === event.currentTarget.value);
          if (detail) setDefaultOverlayDetail(detail);
        }}
        data={overlayDetails.map((value) => ({ value, label: t(`settings.overlayDetails.${value}`) }))}
        data-testid="setting-overlay-detail"
      />
      <p className="settings-hint">{isNotDiagnostic ? t('settings.noticeOn') : t('settings.noticeOff')}</p>
    </div>
  );
}
