import { ActionIcon, Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Icon } from '../../components/icons.tsx';
import { WaitSign } from '../../components/wait-sign.tsx';
import { type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { type OtherStudy, searchForOtherStudies } from '../../dicomweb/priors.ts';
import { searchForSeries } from '../../dicomweb/series.ts';
import { seriesThumbnailUrl } from '../../dicomweb/study-files.ts';
import { tags } from '../../dicomweb/tags.ts';
import { isModalityOfImages } from '../../viewport/series-kinds.ts';
import { viewerAddress } from '../../workspace/viewer-address.ts';
import { StatusMark } from './status-mark.tsx';
import { StatusSetting } from './status-setting.tsx';
import { readStudyRow, type StudyRow } from './study-row.ts';

const thumbnailSize = 96;

function bySeriesNumber(a: JsonDataSet, b: JsonDataSet): number {
  const numberOf = (series: JsonDataSet) => number(series, tags.SeriesNumber) ?? Number.MAX_SAFE_INTEGER;
  return numberOf(a) - numberOf(b);
}

function Thumbnail({ study, series }: { study: string; series: JsonDataSet }): ReactNode {
  const [isFailed, setIsFailed] = useState(false);
  if (isFailed) {
    return (
      <span className="preview-picture is-missing" data-testid="preview-no-picture">
        {text(series, tags.Modality) ?? <Icon name="document" size={28} />}
      </span>
    );
  }
  return (
    <img
      className="preview-picture"
      src={seriesThumbnailUrl(study, text(series, tags.SeriesInstanceUID) ?? '', thumbnailSize)}
      alt=""
      width={thumbnailSize}
      height={thumbnailSize}
      loading="lazy"
      decoding="async"
      onError={() => setIsFailed(true)}
      data-testid="preview-picture"
    />
  );
}

function SeriesCard({ study, series }: { study: string; series: JsonDataSet }): ReactNode {
  const { t } = useTranslation();
  const seriesNumber = text(series, tags.SeriesNumber);
  const count = number(series, tags.NumberOfSeriesRelatedInstances);
  const isOfImages = isModalityOfImages(text(series, tags.Modality));
  const countText =
    count === undefined ? '' : isOfImages ? t('viewer.images', { count }) : t('viewer.objects', { count });
  return (
    <li className="preview-series" data-testid="preview-series">
      <Thumbnail study={study} series={series} />
      <span className="preview-text">
        <span className="preview-line">
          <strong>{text(series, tags.Modality)}</strong>
          {seriesNumber ? <span>{t('viewer.seriesNumber', { number: seriesNumber })}</span> : null}
        </span>
        <span>{text(series, tags.SeriesDescription) ?? t('viewer.noDescription')}</span>
        <span className="quiet">{countText}</span>
      </span>
    </li>
  );
}

function SeriesOf({ row }: { row: StudyRow }): ReactNode {
  const { t } = useTranslation();
  const { studyInstanceUID } = row;
  const series = useQuery({
    queryKey: ['series', studyInstanceUID],
    queryFn: () => searchForSeries(studyInstanceUID),
    staleTime: 5_000,
  });
  return (
    <section aria-label={t('list.seriesOf')}>
      <h3>{t('list.series')}</h3>
      {series.isPending ? <WaitSign size="sm" /> : null}
      {series.error ? (
        <Text size="sm" c="red.4" role="alert">
          {t('list.previewFailed', { detail: series.error.message })}
        </Text>
      ) : null}
      <ul className="preview-list">
        {[...(series.data ?? [])].sort(bySeriesNumber).map((one) => (
          <SeriesCard key={text(one, tags.SeriesInstanceUID)} study={studyInstanceUID} series={one} />
        ))}
      </ul>
    </section>
  );
}

function Prior({ row, other }: { row: StudyRow; other: OtherStudy }): ReactNode {
  const { t } = useTranslation();
  const prior = readStudyRow(other.dataSet);
  const isLater = (prior.date ?? '') > (row.date ?? '');
  return (
    <li className="prior" data-testid="prior">
      <Link href={viewerAddress([prior.studyInstanceUID])} className="prior-link">
        <span className="preview-line">
          <strong>{prior.date ?? t('list.noDate')}</strong>
          <span>{prior.modalities}</span>
          <StatusMark status={prior.status} />
          {isLater ? <span className="quiet">{t('list.later')}</span> : null}
        </span>
        <span>{prior.description ?? t('viewer.noDescription')}</span>
        {other.isSurelySamePatient ? null : (
          <span className="prior-doubt" data-testid="prior-doubt">
            <Icon name="warning" size={16} />
            {t('list.otherIdentity', {
              patient: [prior.patientName ?? t('list.noName'), prior.birthDate].filter(Boolean).join(', '),
            })}
          </span>
        )}
      </Link>
      <Button
        component={Link}
        href={viewerAddress([row.studyInstanceUID, prior.studyInstanceUID])}
        variant="default"
        size="xs"
        leftSection={<Icon name="compare" size={16} />}
        aria-label={t('list.compareWith', {
          date: prior.date ?? t('list.noDate'),
          description: prior.description,
        })}
        data-testid="compare-prior"
      >
        {t('list.compare')}
      </Button>
    </li>
  );
}

function PriorsOf({ row }: { row: StudyRow }): ReactNode {
  const { t } = useTranslation();
  const others = useQuery({
    queryKey: ['other-studies', row.studyInstanceUID, row.patientID],
    queryFn: ({ signal }) => searchForOtherStudies(row.dataSet, signal),
    staleTime: 5_000,
  });
  const hint = row.patientID ? t('list.noPriors') : t('list.noPatientID');
  return (
    <section aria-label={t('list.priors')}>
      <h3>{t('list.priors')}</h3>
      {others.isPending ? <WaitSign size="sm" /> : null}
      {others.error ? (
        <Text size="sm" c="red.4" role="alert">
          {t('list.previewFailed', { detail: others.error.message })}
        </Text>
      ) : null}
      {others.data?.length === 0 ? <p className="quiet">{hint}</p> : null}
      <ul className="preview-list">
        {(others.data ?? []).map((other) => (
          <Prior key={text(other.dataSet, tags.StudyInstanceUID)} row={row} other={other} />
        ))}
      </ul>
    </section>
  );
}

/** Who and what a study is, its series, and what else there is of the patient; beside the list, which goes on meanwhile. */
export function Preview({ row, onClose }: { row: StudyRow; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const who = [row.patientID, row.birthDate, row.sex].filter(Boolean).join(' · ');
  const what = [row.date, row.time, row.modalities].filter(Boolean).join(' · ');
  return (
    <aside
      className="preview"
      aria-label={t('list.preview')}
      data-testid="preview"
      data-study-instance-uid={row.studyInstanceUID}
    >
      <header>
        <div className="preview-title">
          <h2>{row.patientName ?? t('list.noName')}</h2>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('list.closePreview')}
            onClick={onClose}
            data-testid="close-preview"
          >
            <Icon name="close" />
          </ActionIcon>
        </div>
        <p>{who}</p>
        <p>{what}</p>
        <p>{row.description}</p>
        <StatusSetting row={row} />
        <Button component={Link} href={viewerAddress([row.studyInstanceUID])} fullWidth mt="xs">
          {t('list.openStudy')}
        </Button>
      </header>
      <div className="preview-body">
        <SeriesOf row={row} key={`series-${row.studyInstanceUID}`} />
        <PriorsOf row={row} key={`priors-${row.studyInstanceUID}`} />
      </div>
    </aside>
  );
}
