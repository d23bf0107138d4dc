import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyStatus } from '../../dicomweb/study-status.ts';

/** How far the reading is: a word, with a sign whose shape says the same. */
export function StatusMark({ status }: { status: StudyStatus | undefined }): ReactNode {
  const { t } = useTranslation();
  if (!status) return null;
  return (
    <span className={`status-mark is-${status.toLowerCase()}`} data-testid="study-status">
      <span className="status-sign" aria-hidden="true" />
      {t(`status.${status}`)}
    </span>
  );
}
