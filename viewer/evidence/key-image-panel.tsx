import './evidence.css';
import { ActionIcon, CloseButton, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import { useWhenText } from '../components/when-text.ts';
import { text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { firstInstance } from '../viewport/stacks.ts';
import { togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { type KeyImage, keyOfMark, useEvidence } from './evidence-store.ts';
import { placeOf, showKeyPlace } from './key-image-steps.ts';
import { canUnmark, keyImagesOf, noteOf, retitle, setNote, unmark } from './key-images.ts';
import { type KeyTitle, keyTitles } from './key-objects.ts';

const titles = Object.keys(keyTitles) as KeyTitle[];

function Entry({ image }: { image: KeyImage }): ReactNode {
  const { t } = useTranslation();
  const when = useWhenText();
  const place = placeOf(image);
  const instance = place && firstInstance(place.stack);
  const series = (instance && text(instance, tags.SeriesDescription)) ?? t('viewer.noDescription');
  const name = place
    ? t('evidence.imageLine', { series, number: place.index + 1 })
    : t('evidence.skipped.imageMissing');
  const author = image.author || t('evidence.unknownAuthor');
  return (
    <li className="key-entry" data-testid="key-entry">
      <button
        type="button"
        className="key-go"
        disabled={!place}
        title={t('evidence.goTo')}
        onClick={() => place && showKeyPlace(place)}
      >
        <Icon name="keyImage" size={16} /> {name}
      </button>
      <span className="key-facts">
        {t('evidence.by', { author, date: when(image.createdAt) })}
        {image.document ? '' : ` · ${t('evidence.notSaved')}`}
      </span>
      <span className="key-controls">
        {canUnmark(image) && image.title ? (
          <>
            <NativeSelect
              size="xs"
              aria-label={t('evidence.titleLabel')}
              value={image.title}
              data={titles.map((title) => ({ value: title, label: t(`evidence.title.${title}`) }))}
              onChange={(event) => retitle(image, event.currentTarget.value as KeyTitle)}
            />
            <ActionIcon
              variant="default"
              size="md"
              aria-label={t('evidence.remove')}
              title={t('evidence.remove')}
              onClick={() => unmark(image)}
            >
              <Icon name="delete" size={16} />
            </ActionIcon>
          </>
        ) : (
          <span>{image.title ? t(`evidence.title.${image.title}`) : image.titleMeaning}</span>
        )}
      </span>
    </li>
  );
}

/** The notes to the key images that can be changed: one for each study and title. */
function Notes({ images }: { images: readonly KeyImage[] }): ReactNode {
  const { t } = useTranslation();
  const evidence = useEvidence();
  const ours = images.filter(canUnmark);
  const pairs = new Map(
    ours.flatMap(({ studyInstanceUID, title }) =>
      title ? [[`${studyInstanceUID}/${title}`, { studyInstanceUID, title }] as const] : [],
    ),
  );
  return [...pairs].map(([key, { studyInstanceUID, title }]) => (
    <TextInput
      key={key}
      size="xs"
      label={`${t('evidence.noteLabel')}: ${t(`evidence.title.${title}`)}`}
      value={noteOf(evidence, studyInstanceUID, title)}
      onChange={(event) => setNote(studyInstanceUID, title, event.currentTarget.value)}
      data-testid="key-note"
    />
  ));
}

/** All key images of the open studies, with their titles, authors and times. */
export function KeyImagePanel(): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'keyImages');
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  const evidence = useEvidence();
  if (!isOpen) return null;
  const studies = new Set(displaySets.map((set) => set.studyInstanceUID));
  const images = keyImagesOf(evidence).filter((image) => studies.has(image.studyInstanceUID));
  return (
    <aside className="key-panel" aria-label={t('evidence.panel')} data-testid="key-panel">
      <header>
        <h2>{t('evidence.panel')}</h2>
        <CloseButton aria-label={t('evidence.close')} onClick={() => togglePanel('keyImages')} />
      </header>
      {images.length === 0 ? <p>{t('evidence.noKeyImages')}</p> : null}
      <ul>
        {images.map((image) => (
          <Entry key={`${keyOfMark(image)}${image.document?.reference.sopInstanceUID ?? ''}`} image={image} />
        ))}
      </ul>
      <Notes images={images} />
    </aside>
  );
}
