import './evidence.css';
import { Button, CloseButton } from '@mantine/core';
import { type ReactNode, useContext, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import { SessionContext } from '../components/session-context.ts';
import { WaitSign } from '../components/wait-sign.tsx';
import { useWhenText } from '../components/when-text.ts';
import { jumpTo } from '../measuring/jump.ts';
import type { Measurement } from '../measuring/measurement.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import {
  closeNotice,
  type Evidence,
  forgetStudies,
  type SaveOutcome,
  setReader,
  type UnstoredFile,
  useEvidence,
} from './evidence-store.ts';
import { currentKeyDocuments } from './key-images.ts';
import type { KeyObjects } from './key-objects.ts';
import { imageFinder, loadEvidence } from './load-evidence.ts';
import { type CurrentGroup, currentGroups, isShown, newestOf } from './newest-documents.ts';
import type { SkipReason } from './place-figures.ts';
import type { ReadReport } from './read-measurement-report.ts';
import { saveEvidence } from './save-evidence.ts';

/** Keeps what is known of saved evidence as the open studies load, and forgets it with them. */
function useLoading(): void {
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  const isComplete = useWorkspace((workspace) => workspace.isComplete);
  const { user, permissions } = useContext(SessionContext);
  useEffect(() => setReader(user.username, permissions.includes('dicom:store')), [user, permissions]);
  useEffect(() => loadEvidence(displaySets, isComplete), [displaySets, isComplete]);
  useEffect(() => forgetStudies, []);
}

function keepAsFile({ name, bytes }: UnstoredFile): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/dicom' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Outcome({ outcome }: { outcome: SaveOutcome }): ReactNode {
  const { t } = useTranslation();
  if (outcome.kind === 'notPermitted') {
    return (
      <p role="alert" className="evidence-problem" data-testid="save-refused">
        <Icon name="warning" size={18} /> {t('evidence.mayNotSave')}
      </p>
    );
  }
  const left =
    outcome.unwritable > 0 ? (
      <p role="alert" className="evidence-problem" data-testid="save-left-out">
        <Icon name="warning" size={18} /> {t('evidence.notWritable', { count: outcome.unwritable })}
      </p>
    ) : null;
  if (outcome.kind === 'nothing') return left ?? <p>{t('evidence.nothingToSave')}</p>;
  if (outcome.kind === 'saved') {
    const { measurements, keyImages, removals } = outcome;
    const what = [
      measurements > 0 ? t('evidence.measurements', { count: measurements }) : '',
      keyImages > 0 ? t('evidence.keyImages', { count: keyImages }) : '',
      removals > 0 ? t('evidence.removals') : '',
    ].filter(Boolean);
    return (
      <>
        <p data-testid="save-done">{t('evidence.saved', { what: what.join(', ') })}</p>
        {left}
      </>
    );
  }
  return (
    <div role="alert" className="evidence-problem" data-testid="save-failed">
      <p>
        <Icon name="warning" size={18} /> {t('evidence.saveFailed')}
      </p>
      {left}
      {outcome.reasons.filter(Boolean).map((reason) => (
        <p key={reason} className="selectable">
          {reason}
        </p>
      ))}
      <Button size="xs" onClick={() => void saveEvidence()}>
        {t('evidence.retry')}
      </Button>{' '}
      {outcome.files.map((file) => (
        <Button key={file.name} size="xs" variant="default" onClick={() => keepAsFile(file)}>
          {t('evidence.download')}: {file.name}
        </Button>
      ))}
    </div>
  );
}

/** What of a report is shown, and how many of its measurements are not, by reason. */
interface ReportSummary {
  readonly report: ReadReport;
  readonly shown: readonly Measurement[];
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

function summaryOf(report: ReadReport, current: readonly CurrentGroup[], isComplete: boolean): ReportSummary {
  const groups = current.filter(
    (group) => group.report.reference.sopInstanceUID === report.reference.sopInstanceUID,
  );
  const skipped = new Map<SkipReason, number>();
  const count = (reason: SkipReason, more: number) => skipped.set(reason, (skipped.get(reason) ?? 0) + more);
  for (const { result } of groups) if (typeof result === 'string') count(result, 1);
  if (report.otherFigures > 0) count('otherTemplate', report.otherFigures);
  // Until all series are known, an image may still come.
  if (!isComplete) skipped.delete('imageMissing');
  return { report, shown: groups.filter(isShown).map(({ result }) => result), skipped };
}

function Skipped({ skipped }: { skipped: ReadonlyMap<SkipReason, number> }): ReactNode {
  const { t } = useTranslation();
  return [...skipped].map(([reason, number]) => (
    <span key={reason} className="evidence-skipped" data-testid="report-skipped">
      {t('evidence.notShown', { count: number, reason: t(`evidence.skipped.${reason}`) })}
    </span>
  ));
}

/** A report with what is shown of it: each click goes to the next of its measurements. */
function ReportLine({ report, shown, skipped }: ReportSummary): ReactNode {
  const { t } = useTranslation();
  const when = useWhenText();
  const next = useRef(0);
  const author = report.author || t('evidence.unknownAuthor');
  const jump = () => {
    const measurement = shown[next.current % shown.length];
    next.current += 1;
    if (measurement) jumpTo(measurement);
  };
  return (
    <li data-testid="report-line">
      <button type="button" className="evidence-jump" onClick={jump}>
        {t('evidence.found', { count: shown.length, author, date: when(report.writtenAt) })}
      </button>
      <Skipped skipped={skipped} />
    </li>
  );
}

/** The reports, and in one line what is not shown of all those of which nothing is. */
function ReportLines({ evidence }: { evidence: Evidence }): ReactNode {
  const current = currentGroups(evidence.reports);
  const summaries = newestOf(evidence.reports).map((report) =>
    summaryOf(report, current, evidence.isComplete),
  );
  const unseen = new Map<SkipReason, number>();
  for (const { shown, skipped } of summaries)
    if (shown.length === 0)
      for (const [reason, count] of skipped) unseen.set(reason, (unseen.get(reason) ?? 0) + count);
  return (
    <>
      {summaries
        .filter(({ shown }) => shown.length > 0)
        .map((summary) => (
          <ReportLine key={summary.report.reference.sopInstanceUID} {...summary} />
        ))}
      {unseen.size > 0 ? (
        <li data-testid="reports-not-shown">
          <Skipped skipped={unseen} />
        </li>
      ) : null}
    </>
  );
}

function KeyLine({ document, evidence }: { document: KeyObjects; evidence: Evidence }): ReactNode {
  const { t } = useTranslation();
  const when = useWhenText();
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  const finder = imageFinder(displaySets);
  const isOpen = (uid: string) => finder.byReference({ sopClassUID: '', sopInstanceUID: uid }) !== undefined;
  const title = document.title ? t(`evidence.title.${document.title}`) : document.titleMeaning;
  const facts = {
    title,
    author: document.author || t('evidence.unknownAuthor'),
    date: when(document.writtenAt),
  };
  const missing = document.images.filter((image) => !isOpen(image.sopInstanceUID)).length;
  // A note that rejects documents takes key images back; it says nothing of an image.
  if (document.isRejection && missing === document.images.length) return null;
  return (
    <li className={document.isRejection ? 'evidence-problem' : undefined} data-testid="key-line">
      {document.isRejection ? (
        <>
          <Icon name="warning" size={16} /> {t('evidence.rejected', facts)}
        </>
      ) : (
        t('evidence.keys', { count: document.images.length, ...facts })
      )}
      {missing > 0 && evidence.isComplete ? (
        <span className="evidence-skipped">{t('evidence.keysMissing', { count: missing })}</span>
      ) : null}
      {document.description ? <span>{t('evidence.description', { text: document.description })}</span> : null}
    </li>
  );
}

/** How long the word of success stays, ms. */
const successTime = 8000;

/** Success is told for a while; what went wrong stays until it is closed. */
function useEndOfSuccess(outcome: SaveOutcome | undefined): void {
  useEffect(() => {
    const isSuccess = (outcome?.kind === 'saved' || outcome?.kind === 'nothing') && outcome.unwritable === 0;
    if (!isSuccess) return;
    const timer = setTimeout(closeNotice, successTime);
    return () => clearTimeout(timer);
  }, [outcome]);
}

/** What is saved of the open studies, what of it can't be shown and why, and what became of saving. Never in the way. */
export function EvidenceNotice(): ReactNode {
  const { t } = useTranslation();
  useLoading();
  const evidence = useEvidence();
  useEndOfSuccess(evidence.outcome);
  const reports = newestOf(evidence.reports);
  const keyDocuments = currentKeyDocuments(evidence.keyDocuments);
  const hasNothing = reports.length === 0 && keyDocuments.length === 0;
  const isSilent = !evidence.isSaving && !evidence.outcome;
  if (!evidence.isNoticeOpen || (hasNothing && isSilent && !evidence.isComplete)) return null;
  return (
    <section className="evidence-notice" aria-label={t('evidence.notice')} data-testid="evidence-notice">
      <CloseButton
        className="evidence-close"
        aria-label={t('evidence.close')}
        onClick={closeNotice}
        data-testid="evidence-close"
      />
      <div role="status">
        {evidence.isSaving ? (
          <p>
            <WaitSign size="xs" /> {t('evidence.saving')}
          </p>
        ) : null}
        {evidence.outcome ? <Outcome outcome={evidence.outcome} /> : null}
        {/* What was just saved is said once. */}
        {isSilent ? (
          <ul>
            <ReportLines evidence={evidence} />
            {keyDocuments.map((document) => (
              <KeyLine key={document.reference.sopInstanceUID} document={document} evidence={evidence} />
            ))}
          </ul>
        ) : null}
      </div>
    </section>
  );
}
