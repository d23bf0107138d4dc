import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { touchGestures } from '../../preferences/touch-gestures.ts';

/** What fingers do over images; not to be changed. */
export function TouchSection(): ReactNode {
  const { t } = useTranslation();
  return (
    <dl className="gesture-list">
      {touchGestures.map((name) => (
        <div key={name}>
          <dt>{t(`touch.${name}.gesture`)}</dt>
          <dd>{t(`touch.${name}.action`)}</dd>
        </div>
      ))}
    </dl>
  );
}
