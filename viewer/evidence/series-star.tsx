import './evidence.css';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import type { DisplaySet } from '../viewport/stacks.ts';
import { useEvidence } from './evidence-store.ts';
import { countMarked, keyImagesOf } from './key-images.ts';

/** On the card of a series: how many of its images are key images. */
export function SeriesStar({ displaySet }: { displaySet: DisplaySet }): ReactNode {
  const { t } = useTranslation();
  const evidence = useEvidence();
  const count = displaySet.kind === 'image' ? countMarked(displaySet.images, keyImagesOf(evidence)) : 0;
  if (count === 0) return null;
  const name = t('evidence.keyImages', { count });
  return (
    <span className="series-star" title={name} data-testid="series-star">
      <Icon name="keyImage" size={14} />
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{name}</span>
    </span>
  );
}
