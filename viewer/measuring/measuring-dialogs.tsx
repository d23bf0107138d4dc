import { Button } from '@mantine/core';
import { type ReactNode, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate } from 'wouter/use-browser-location';
import { SessionContext } from '../components/session-context.ts';
import { isAnythingUnsaved, leave, stay } from '../workspace/leaving.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { onMeasuringKey } from './keyboard-input.ts';
import { LeaveDialog } from './leave-dialog.tsx';
import { abandon, useLive } from './live-store.ts';
import { MeasurementMenu } from './measurement-menu.tsx';
import { forgetSavedMeasurements, isUnsaved, undo, useMeasurements } from './measurement-store.ts';
import { QuestionDialog } from './question-dialogs.tsx';
import { labelLines } from './value-text.ts';

/** How long a notice stays, ms: long enough to read it and to reach its button. */
const noticeTime = 8000;

/** Says that a reset took measurements away, and gives them back. */
function RemovedNotice(): ReactNode {
  const { t } = useTranslation();
  const count = useLive((live) => live.removedCount);
  const close = () => useLive.setState({ removedCount: 0 });
  useEffect(() => {
    if (count === 0) return;
    const timer = setTimeout(() => useLive.setState({ removedCount: 0 }), noticeTime);
    return () => clearTimeout(timer);
  }, [count]);
  if (count === 0) return null;
  return (
    <div className="measuring-notice" role="status" data-testid="measurements-removed">
      {t('measuring.removedByReset', { count })}
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          undo();
          close();
        }}
      >
        {t('measuring.undo')}
      </Button>
    </div>
  );
}

/** Says that what was left unsaved in these studies is there again. */
function ReturnedNotice(): ReactNode {
  const { t } = useTranslation();
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  const [kept] = useState(() => useMeasurements.getState().measurements.filter(isUnsaved));
  const [isOver, setIsOver] = useState(false);
  const open = new Set(displaySets.map((set) => set.studyInstanceUID));
  const count = kept.filter(({ placement }) => open.has(placement.studyInstanceUID)).length;
  const isSeen = count > 0 && !isOver;
  useEffect(() => {
    if (!isSeen) return;
    const timer = setTimeout(() => setIsOver(true), noticeTime);
    return () => clearTimeout(timer);
  }, [isSeen]);
  if (!isSeen) return null;
  return (
    <div className="measuring-notice" role="status" data-testid="measurements-returned">
      {t('measuring.returned', { count })}
      <Button size="xs" variant="default" onClick={() => setIsOver(true)}>
        {t('app.close')}
      </Button>
    </div>
  );
}

/** Tells assistive technology what was measured last. */
function Announcement(): ReactNode {
  const { t, i18n } = useTranslation();
  const selected = useMeasurements((store) =>
    store.measurements.find(({ trackingUID }) => trackingUID === store.selectedUID),
  );
  return (
    <output className="visually-hidden" aria-live="polite" data-testid="measuring-announcement">
      {selected
        ? t('measuring.added', {
            name: t(`measuring.tool.${selected.tool}`),
            values: labelLines(selected, t, i18n.language).join(', '),
          })
        : ''}
    </output>
  );
}

/** Asks before what is not saved is left by a link to another screen. */
function useLeaveGuard(): void {
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]:not([download])') : null;
      const href = link?.getAttribute('href') ?? '';
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!link || !isPlain || link.getAttribute('target') || !href.startsWith('/')) return;
      if (!isAnythingUnsaved()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leave(() => navigate(href));
    };
    window.addEventListener('click', onClick, { capture: true });
    return () => window.removeEventListener('click', onClick, { capture: true });
  }, []);
}

/** Names the reader as the author. */
function useAuthor(): void {
  const { username } = useContext(SessionContext).user;
  useEffect(() => useLive.setState({ author: username }), [username]);
}

/** Another tool in hand: what the one before had begun is not meant any more. */
function useToolChange(): void {
  useEffect(
    () =>
      useWorkspace.subscribe((now, before) => {
        if (now.tool !== before.tool) abandon();
      }),
    [],
  );
}

/** What goes with measuring beside the viewports: questions, the menu, notices, keys. Rendered as long as studies are open. */
export function MeasuringDialogs(): ReactNode {
  useAuthor();
  useLeaveGuard();
  useToolChange();
  useEffect(() => {
    window.addEventListener('keydown', onMeasuringKey, { capture: true });
    return () => window.removeEventListener('keydown', onMeasuringKey, { capture: true });
  }, []);
  useEffect(
    () => () => {
      abandon();
      stay();
      useLive.setState({ question: undefined, menu: undefined, hoveredUID: undefined, removedCount: 0 });
      forgetSavedMeasurements();
    },
    [],
  );
  return (
    <>
      <QuestionDialog />
      <LeaveDialog />
      <MeasurementMenu />
      <RemovedNotice />
      <ReturnedNotice />
      <Announcement />
    </>
  );
}
