import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsNotDiagnostic } from './not-diagnostic.ts';

/** The sign and name of the product. */
export function Brand(props: { size?: number }): ReactNode {
  const { t } = useTranslation();
  const { size = 28 } = props;
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
        <circle cx="16" cy="16" r="9" fill="none" stroke="#4dabf7" strokeWidth="2" />
        <path d="M16 3v9M16 20v9M3 16h9M20 16h9" stroke="#e6edf3" strokeWidth="2" strokeLinecap="round" />
        <circle cx="16" cy="16" r="2" fill="#e6edf3" />
      </svg>
      <span className="brand-name">{t('app.name')}</span>
    </span>
  );
}

/** The permanent notice of intended use, unless the archive is set not to show it. */
export function NotDiagnosticNotice(): ReactNode {
  const { t } = useTranslation();
  if (!useIsNotDiagnostic()) return null;
  return (
    <span className="not-diagnostic" data-testid="not-diagnostic">
      {t('app.notDiagnostic')}
    </span>
  );
}
