import './hanging.css';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { areDifferentPatients } from '../dicomweb/patients.ts';
import { personName } from '../dicomweb/person-name.ts';
import { tags } from '../dicomweb/tags.ts';
import { type DisplaySet, firstInstance } from '../viewport/stacks.ts';
import { displaySetOf, tileCount, useWorkspace, type Workspace } from '../workspace/workspace-store.ts';
import { useComparison } from './comparison-store.ts';
import { spanBetween } from './priors.ts';

/** What the tiles of the grid show, each display set once. */
function setsOnScreen(workspace: Workspace): DisplaySet[] {
  const tiles = Array.from({ length: tileCount(workspace) }, (_, tile) => displaySetOf(tile, workspace));
  return [...new Set(tiles)].filter((set) => set !== undefined);
}

function hasSeveralPatients(sets: readonly DisplaySet[]): boolean {
  const headers = sets.map(firstInstance).filter((header) => header !== undefined);
  return headers.some((header) => headers.some((other) => areDifferentPatients(header, other)));
}

const spanKeys = {
  days: 'prior.days',
  weeks: 'prior.weeks',
  months: 'prior.months',
  years: 'prior.years',
} as const;

/** How another open study is called beside the current one: by its age, or loudly as that of another patient. */
export function StudyAge({ header }: { header: JsonDataSet }): ReactNode {
  const { t } = useTranslation();
  const ageOf = useStudyAge();
  const current = useComparison((comparison) => comparison.header);
  const isOther = current !== undefined && areDifferentPatients(current, header);
  return (
    <span className={isOther ? 'study-age is-other-patient' : 'study-age'} data-testid="study-age">
      {isOther ? t('prior.anotherPatient') : ageOf(text(header, tags.StudyDate) ?? '')}
    </span>
  );
}

/** How a study of another date of the same patient is called beside the current one: `Prior, 4 months earlier`. */
export function useStudyAge(): (date: string) => string {
  const { t } = useTranslation();
  const currentDate = useComparison(({ current }) => current?.date ?? '');
  return (date) => {
    const span = spanBetween(date, currentDate);
    if (!span) return t('prior.noDate');
    if (span.count === 0) return t('prior.sameDay');
    const said = t(spanKeys[span.unit], { count: span.count });
    return t(span.isBefore ? 'prior.priorBefore' : 'prior.later', { span: said });
  };
}

/** Which study a tile shows, when several are on the screen, and whose, when there are several patients. */
export function StudyBadge({ displaySet }: { displaySet: DisplaySet }): ReactNode {
  const { t } = useTranslation();
  const ageOf = useStudyAge();
  const hasOthers = useWorkspace((workspace) =>
    setsOnScreen(workspace).some((set) => set.studyInstanceUID !== displaySet.studyInstanceUID),
  );
  const isMixed = useWorkspace((workspace) => hasOthers && hasSeveralPatients(setsOnScreen(workspace)));
  const current = useComparison((comparison) => comparison.current?.studyInstanceUID);
  const header = firstInstance(displaySet);
  if (!hasOthers || !header || current === undefined) return null;
  if (isMixed) {
    const patient = `${personName(header, tags.PatientName) ?? ''} (${text(header, tags.PatientID) ?? ''})`;
    return (
      <div className="other-patient" data-testid="other-patient">
        <span>{t('prior.otherPatient', { patient })}</span>
      </div>
    );
  }
  const isCurrent = displaySet.studyInstanceUID === current;
  return (
    <div className={isCurrent ? 'study-badge is-current' : 'study-badge is-prior'} data-testid="study-badge">
      {isCurrent ? t('prior.current') : ageOf(text(header, tags.StudyDate) ?? '')}
    </div>
  );
}
