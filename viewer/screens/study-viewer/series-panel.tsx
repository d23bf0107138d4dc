import './series-panel.css';
import { Button, Text } from '@mantine/core';
import { type DragEvent, type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { WaitSign } from '../../components/wait-sign.tsx';
import { type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { formatDate } from '../../dicomweb/dates.ts';
import { distinctPatients } from '../../dicomweb/patients.ts';
import { tags } from '../../dicomweb/tags.ts';
import { removeStudy, useComparison } from '../../hanging/comparison-store.ts';
import { StudyAge } from '../../hanging/study-badge.tsx';
import { type DisplaySet, firstInstance } from '../../viewport/stacks.ts';
import { showDisplaySet, useWorkspace } from '../../workspace/workspace-store.ts';
import { OtherStudies } from './other-studies.tsx';
import { SeriesMarks } from './series-marks.tsx';
import { SeriesThumbnail } from './series-thumbnail.tsx';
import type { LoadedSeries, LoadedStudy, Shortfall } from './use-studies.ts';
import { displaySetDragType } from './viewport-tile.tsx';

function countText(set: DisplaySet, t: ReturnType<typeof useTranslation>['t']): string {
  if (set.kind !== 'image') return t('viewer.objects', { count: set.instances.length });
  const count = set.images.length;
  return set.isMultiFrame ? t('viewer.frames', { count }) : t('viewer.images', { count });
}

function Card({ set, shortfall }: { set: DisplaySet; shortfall: Shortfall | undefined }): ReactNode {
  const { t } = useTranslation();
  const isShown = useWorkspace((workspace) =>
    workspace.contents.some((content) => content?.displaySetId === set.id),
  );
  const isViewed = useWorkspace((workspace) => workspace.viewed.has(set.id));
  const isActive = useWorkspace(
    (workspace) => workspace.contents[workspace.activeTile]?.displaySetId === set.id,
  );
  const instance = firstInstance(set);
  if (!instance) return null;
  const middle = set.kind === 'image' ? set.images[Math.floor(set.images.length / 2)] : undefined;
  const seriesNumber = text(instance, tags.SeriesNumber);
  const drag = (event: DragEvent) => event.dataTransfer.setData(displaySetDragType, set.id);
  return (
    <button
      type="button"
      className={isShown ? 'series-card is-shown' : 'series-card'}
      aria-pressed={isActive}
      draggable
      onDragStart={drag}
      onClick={() => showDisplaySet(set.id)}
      data-testid="series-card"
      data-display-set={set.id}
      data-kind={set.kind}
    >
      {middle ? (
        <SeriesThumbnail image={middle} />
      ) : (
        <span className="thumbnail">
          <Icon name="document" size={36} />
        </span>
      )}
      <span className="series-text">
        <span className="series-line">
          <span className="modality">{text(instance, tags.Modality)}</span>
          {seriesNumber ? <span>{t('viewer.seriesNumber', { number: seriesNumber })}</span> : null}
        </span>
        <span className="series-description">
          {text(instance, tags.SeriesDescription) ??
            (set.kind === 'image' ? t('viewer.noDescription') : t(`kind.${set.kind}`))}
        </span>
        <span className="series-count">
          {countText(set, t)}
          {isShown ? <span className="shown-mark">{t('viewer.shown')}</span> : null}
          {isViewed && !isShown ? (
            <span className="viewed-mark" data-testid="series-viewed">
              <Icon name="preview" size={14} />
              {t('prior.viewed')}
            </span>
          ) : null}
          <SeriesMarks displaySet={set} />
        </span>
        {shortfall ? (
          <Text component="span" size="sm" c="yellow.4" data-testid="series-incomplete">
            {t('viewer.incomplete', { ...shortfall })}
          </Text>
        ) : null}
      </span>
    </button>
  );
}

/** A series whose metadata is not there (yet). */
function PendingCard({ series }: { series: LoadedSeries }): ReactNode {
  const { t } = useTranslation();
  const count = number(series.found, tags.NumberOfSeriesRelatedInstances);
  return (
    <div className="series-card is-pending">
      <span className="thumbnail">
        {series.error ? <Icon name="warning" size={28} /> : <WaitSign size="sm" />}
      </span>
      <span className="series-text">
        <span className="series-line">
          <span className="modality">{text(series.found, tags.Modality)}</span>
        </span>
        <span className="series-description">
          {text(series.found, tags.SeriesDescription) ?? t('viewer.noDescription')}
        </span>
        {series.error ? (
          <>
            <Text size="sm" c="red.4" role="alert">
              {t('viewer.seriesFailed')}
            </Text>
            <Button size="xs" variant="default" onClick={series.retry}>
              {t('app.retry')}
            </Button>
          </>
        ) : (
          <span className="series-count">{count === undefined ? '' : t('viewer.images', { count })}</span>
        )}
      </span>
    </div>
  );
}

/** An instance of a study, which says whose it is; undefined until one is known. */
function instanceOf(study: LoadedStudy): JsonDataSet | undefined {
  const first = study.series.flatMap((series) => series.displaySets ?? [])[0];
  return first && firstInstance(first);
}

/** Whether open studies belong to more than one patient: then each says whose it is. */
function hasSeveralPatients(studies: readonly LoadedStudy[]): boolean {
  const instances = studies.map(instanceOf).filter((instance) => instance !== undefined);
  return distinctPatients(instances).length > 1;
}

interface StudyProps {
  readonly study: LoadedStudy;
  readonly hasPatient: boolean;
}

/** Date, description and modalities of a study, and whose; how old it is beside the one that is read. */
function StudyHeading(props: StudyProps & { isOpen: boolean; onToggle: () => void }): ReactNode {
  const { t } = useTranslation();
  const { study, hasPatient, isOpen, onToggle } = props;
  const { current, added } = useComparison();
  const instance = instanceOf(study);
  const isOther = current !== undefined && current.studyInstanceUID !== study.studyInstanceUID;
  const modalities = [...new Set(study.series.map(({ found }) => text(found, tags.Modality)))].join(' ');
  return (
    <h2 className="study-heading">
      <button type="button" className="study-toggle" aria-expanded={isOpen} onClick={onToggle}>
        <Icon name={isOpen ? 'nextSeries' : 'previousSeries'} size={14} />
        {instance ? (
          <>
            {hasPatient ? (
              <strong className="study-patient" data-testid="study-patient">
                {distinctPatients([instance])[0]}
              </strong>
            ) : null}
            <span>{formatDate(text(instance, tags.StudyDate))}</span>
            <span className="study-description">{text(instance, tags.StudyDescription)}</span>
            <span className="modality">{modalities}</span>
            {isOther ? <StudyAge header={instance} /> : null}
          </>
        ) : (
          t('viewer.seriesPanel')
        )}
      </button>
      {added.includes(study.studyInstanceUID) ? (
        <button
          type="button"
          className="tool-button"
          aria-label={t('prior.close')}
          title={t('prior.close')}
          onClick={() => removeStudy(study.studyInstanceUID)}
          data-testid="study-close"
        >
          <Icon name="close" size={18} />
        </button>
      ) : null}
    </h2>
  );
}

function Study({ study, hasPatient }: StudyProps): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(true);
  return (
    <section className="panel-study" data-testid="panel-study" data-study={study.studyInstanceUID}>
      <StudyHeading
        study={study}
        hasPatient={hasPatient}
        isOpen={isOpen}
        onToggle={() => setIsOpen((open) => !open)}
      />
      {study.error ? (
        <div role="alert" className="panel-error">
          <Text size="sm" c="red.4">
            {t('viewer.studyFailed')}
          </Text>
          <Button size="xs" variant="default" onClick={study.retry}>
            {t('app.retry')}
          </Button>
        </div>
      ) : null}
      {study.isPending ? <WaitSign size="sm" m="md" /> : null}
      {!study.isPending && !study.error && study.series.length === 0 ? (
        <Text size="sm" c="dark.1" p="sm">
          {t('viewer.studyEmpty')}
        </Text>
      ) : null}
      {(isOpen ? study.series : []).map((series) =>
        series.displaySets ? (
          series.displaySets.map((set) => <Card key={set.id} set={set} shortfall={series.shortfall} />)
        ) : (
          <PendingCard key={series.seriesInstanceUID} series={series} />
        ),
      )}
    </section>
  );
}

/** All series of the open studies, and the other studies of the patient. */
export function SeriesPanel({ studies }: { studies: readonly LoadedStudy[] }): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.hasSeriesPanel);
  const hasPatient = useMemo(() => hasSeveralPatients(studies), [studies]);
  if (!isOpen) return null;
  return (
    <nav className="series-panel" aria-label={t('viewer.seriesPanel')} data-testid="series-panel">
      {studies.map((study) => (
        <Study key={study.studyInstanceUID} study={study} hasPatient={hasPatient} />
      ))}
      <OtherStudies />
    </nav>
  );
}
