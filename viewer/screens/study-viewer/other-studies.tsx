import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { formatDate } from '../../dicomweb/dates.ts';
import { addStudy, openPrior, useComparison } from '../../hanging/comparison-store.ts';
import type { PatientStudy } from '../../hanging/priors.ts';
import { useStudyAge } from '../../hanging/study-badge.tsx';

function OtherStudy({ study, isPrior }: { study: PatientStudy; isPrior: boolean }): ReactNode {
  const { t } = useTranslation();
  const ageOf = useStudyAge();
  const { studyInstanceUID, date, description, modalities } = study;
  return (
    <li className="other-study" data-testid="other-study" data-study={studyInstanceUID}>
      <button
        type="button"
        className="other-study-open"
        title={t('prior.open')}
        onClick={() => addStudy(studyInstanceUID)}
        data-testid="other-study-open"
      >
        <span className="series-line">
          <span className="modality">{modalities.join(' ')}</span>
          <span>{formatDate(date)}</span>
          <span className="study-age">{ageOf(date)}</span>
        </span>
        <span className="series-description">{description || t('prior.noDescription')}</span>
      </button>
      {isPrior ? (
        <Tooltip label={t('prior.compare')} openDelay={400}>
          <button
            type="button"
            className="tool-button"
            aria-label={t('prior.compare')}
            onClick={() => openPrior(studyInstanceUID)}
            data-testid="other-study-compare"
          >
            <Icon name="compare" size={18} />
          </button>
        </Tooltip>
      ) : null}
    </li>
  );
}

/** The patient's studies that are not open: priors, the most comparable first, then newer ones. */
export function OtherStudies(): ReactNode {
  const { t } = useTranslation();
  const { priors, others, contradicting, added } = useComparison();
  const isClosed = (study: PatientStudy) => !added.includes(study.studyInstanceUID);
  const [closedPriors, closedOthers] = [priors.filter(isClosed), others.filter(isClosed)];
  if (closedPriors.length + closedOthers.length + contradicting === 0) return null;
  return (
    <section className="panel-study" data-testid="other-studies">
      <h2>{t('prior.otherStudies')}</h2>
      <ul className="other-studies">
        {closedPriors.map((study) => (
          <OtherStudy key={study.studyInstanceUID} study={study} isPrior />
        ))}
        {closedOthers.map((study) => (
          <OtherStudy key={study.studyInstanceUID} study={study} isPrior={false} />
        ))}
      </ul>
      {contradicting > 0 ? (
        <p className="contradicting" data-testid="contradicting-studies">
          <Icon name="warning" size={16} /> {t('prior.contradicting', { count: contradicting })}
        </p>
      ) : null}
    </section>
  );
}
