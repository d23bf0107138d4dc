import './evidence.css';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import type { ViewportState } from '../viewport/viewport-controller.ts';
import { useEvidence } from './evidence-store.ts';
import { keyImagesOf, marksOf, rejectionsOf } from './key-images.ts';

/** The star of a key image, where the key images of a stack are beside its slider, and the warning of a rejected image. */
export function EvidenceLayer({ state }: { state: ViewportState }): ReactNode {
  const { t } = useTranslation();
  const evidence = useEvidence();
  const { image, stack, surface } = state;
  if (!image || !stack || surface?.kind === 'plane') return null;
  const keyImages = keyImagesOf(evidence);
  const marks = marksOf(image, keyImages);
  const rejection = rejectionsOf(evidence.keyDocuments).get(image.sopInstanceUID);
  const places =
    keyImages.length === 0
      ? []
      : stack.images.flatMap((entry, index) => (marksOf(entry, keyImages).length > 0 ? [index] : []));
  const titles = [
    ...new Set(marks.map((mark) => (mark.title ? t(`evidence.title.${mark.title}`) : mark.titleMeaning))),
  ];
  return (
    <div className="evidence-layer">
      {marks.length > 0 ? (
        <div className="key-star" data-testid="key-star">
          <Icon name="keyImage" size={22} />
          <span>{titles.join(', ')}</span>
          <span className="visually-hidden">{t('evidence.keyImage')}</span>
        </div>
      ) : null}
      {rejection ? (
        <div className="rejected-image" role="alert" data-testid="rejected-image">
          <Icon name="warning" size={20} />
          {t('evidence.rejectedImage', { title: t(`evidence.title.${rejection}`) })}
        </div>
      ) : null}
      {places.length > 0 && stack.images.length > 1 ? (
        <div className="key-places" aria-hidden="true">
          {places.map((index) => (
            <span
              key={index}
              className="key-place"
              style={{ top: `${(100 * index) / (stack.images.length - 1)}%` }}
            />
          ))}
        </div>
      ) : null}
    </div>
  );
}
