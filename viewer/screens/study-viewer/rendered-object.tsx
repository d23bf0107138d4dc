import './imaging.css';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { Message } from '../../components/message.tsx';
import { WaitSign } from '../../components/wait-sign.tsx';
import { items, type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { formatDate, formatTime } from '../../dicomweb/dates.ts';
import { personName } from '../../dicomweb/person-name.ts';
import { findRendering, type ObjectAddress, objectUrl, type Rendering } from '../../dicomweb/rendered.ts';
import { tags } from '../../dicomweb/tags.ts';
import type { OtherObjects } from '../../viewport/stacks.ts';

const documents = ['application/pdf', 'text/html', 'image/png'];
const pictures = ['image/png', 'image/jpeg'];
/** What to ask the archive for, the best first; other kinds have no picture, and are only named. */
const mediaTypesOf: Readonly<Partial<Record<OtherObjects['kind'], readonly string[]>>> = {
  structuredReport: ['text/html'],
  keyObjects: ['text/html'],
  document: documents,
  presentationState: pictures,
  segmentation: pictures,
  rtDose: pictures,
  wholeSlide: pictures,
  other: pictures,
  video: ['video/mp4', 'video/mpeg', 'image/png'],
};

/** What an object is called: its concept name, title, label or series. */
function titleOf(instance: JsonDataSet): string | undefined {
  const [concept] = items(instance, tags.ConceptNameCodeSequence);
  return (
    text(instance, tags.DocumentTitle) ??
    (concept && text(concept, tags.CodeMeaning)) ??
    text(instance, tags.ContentLabel) ??
    text(instance, tags.SeriesDescription)
  );
}

function Head({ set, instance }: { set: OtherObjects; instance: JsonDataSet }): ReactNode {
  const { t } = useTranslation();
  const date = [
    formatDate(text(instance, tags.ContentDate) ?? text(instance, tags.SeriesDate)),
    formatTime(text(instance, tags.ContentTime) ?? text(instance, tags.SeriesTime)),
  ]
    .filter(Boolean)
    .join(' ');
  const author =
    personName(instance, tags.ContentCreatorName) ?? personName(instance, tags.VerifyingObserverName);
  const facts = [
    titleOf(instance),
    date && t('imaging.object.date', { date }),
    author && t('imaging.object.author', { author }),
    text(instance, tags.InstitutionName),
  ];
  const whose = [
    personName(instance, tags.PatientName) ?? t('list.noName'),
    text(instance, tags.PatientID),
    formatDate(text(instance, tags.PatientBirthDate)),
  ];
  return (
    <>
      <strong data-testid="object-patient">{whose.filter(Boolean).join(' · ')}</strong>
      <span data-testid="object-kind">{t(`kind.${set.kind}`)}</span>
      {facts.filter(Boolean).map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
    </>
  );
}

/** The rendering itself. What is a page of the archive may not run scripts here; a PDF is shown by the browser's own reader. */
function Shown({ rendering, title }: { rendering: Rendering; title: string }): ReactNode {
  const { t } = useTranslation();
  const { url, mediaType } = rendering;
  if (mediaType.startsWith('image/')) return <img src={url} alt={title} data-testid="rendered-image" />;
  if (mediaType.startsWith('video/')) {
    return (
      // biome-ignore lint/a11y/useMediaCaption: a recording of an examination has no words
      <video src={url} controls aria-label={title} data-testid="rendered-video">
        {t('imaging.object.noVideo')}
      </video>
    );
  }
  if (mediaType === 'application/pdf')
    return <iframe src={url} title={title} data-testid="rendered-document" />;
  return <iframe src={url} title={title} sandbox="allow-same-origin" data-testid="rendered-document" />;
}

function Body(props: {
  set: OtherObjects;
  address: ObjectAddress;
  frameNumber: number | undefined;
  title: string;
}): ReactNode {
  const { set, address, frameNumber, title } = props;
  const { t } = useTranslation();
  const mediaTypes = mediaTypesOf[set.kind];
  const rendering = useQuery({
    queryKey: ['rendering', address, frameNumber],
    queryFn: ({ signal }) => findRendering(address, frameNumber, mediaTypes ?? [], signal),
    enabled: mediaTypes !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!mediaTypes) return <Message title={t(`kind.${set.kind}`)} hint={t('kind.notShown')} />;
  if (rendering.isPending) {
    return (
      <>
        <WaitSign size="md" />
        <span>{t('imaging.object.loading')}</span>
      </>
    );
  }
  if (rendering.error) {
    return (
      <Message
        title={t(`kind.${set.kind}`)}
        hint={t('imaging.object.failed')}
        detail={rendering.error.message}
        kind="error"
      >
        <Button variant="default" onClick={() => void rendering.refetch()}>
          {t('app.retry')}
        </Button>
      </Message>
    );
  }
  return (
    <>
      <Shown rendering={rendering.data} title={title} />
      <a className="open-object" href={rendering.data.url} target="_blank" rel="noreferrer">
        {t('imaging.object.open')}
      </a>
    </>
  );
}

/** Something to leaf through: an object, or one frame of one whose frames are pictures. */
interface Page {
  readonly instance: JsonDataSet;
  readonly frameNumber: number | undefined;
}

function pagesOf(set: OtherObjects): Page[] {
  const isPicture = mediaTypesOf[set.kind] === pictures && set.kind !== 'presentationState';
  return set.instances.flatMap((instance): Page[] => {
    const frames = isPicture ? (number(instance, tags.NumberOfFrames) ?? 1) : 1;
    if (!isPicture) return [{ instance, frameNumber: undefined }];
    return Array.from({ length: frames }, (_, index) => ({ instance, frameNumber: index + 1 }));
  });
}

/** What is no picture of ours: named, with what the archive makes of it for people. */
export function RenderedObject({ set }: { set: OtherObjects }): ReactNode {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const pages = useMemo(() => pagesOf(set), [set]);
  const count = pages.length;
  const page = pages[Math.min(at, count - 1)];
  if (!page) return null;
  const { instance, frameNumber } = page;
  const { studyInstanceUID, seriesInstanceUID } = set;
  const address = {
    studyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID: text(instance, tags.SOPInstanceUID) ?? '',
  };
  const isPicture = mediaTypesOf[set.kind] === pictures;
  return (
    <div className="rendered-object" data-testid="other-objects">
      <div className="rendered-head">
        <Icon name="document" size={20} />
        <Head set={set} instance={instance} />
        {count > 1 ? (
          <>
            <button
              type="button"
              className="tool-button"
              aria-label={t('imaging.object.previous')}
              disabled={at === 0}
              onClick={() => setAt(at - 1)}
            >
              <Icon name="previousFrame" size={18} />
            </button>
            <span>{t('imaging.object.count', { number: at + 1, count })}</span>
            <button
              type="button"
              className="tool-button"
              aria-label={t('imaging.object.next')}
              disabled={at >= count - 1}
              onClick={() => setAt(at + 1)}
              data-testid="next-object"
            >
              <Icon name="nextFrame" size={18} />
            </button>
          </>
        ) : null}
        <a href={objectUrl(address)} download>
          {t('imaging.object.download')}
        </a>
        {isPicture ? <span className="badge-quiet">{t('imaging.object.limits')}</span> : null}
      </div>
      <div className="rendered-body">
        <Body
          key={`${address.sopInstanceUID}/${frameNumber}`}
          set={set}
          address={address}
          frameNumber={frameNumber}
          title={titleOf(instance) ?? t(`kind.${set.kind}`)}
        />
      </div>
    </div>
  );
}
