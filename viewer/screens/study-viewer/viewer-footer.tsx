import './viewer-footer.css';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NotDiagnosticNotice } from '../../components/brand.tsx';
import { formatMemory } from '../../components/format-memory.ts';
import { useIsAnswering } from '../../dicomweb/connection.ts';
import { setFooterShown, useIsFooterShown, useMemorySettings } from '../../preferences/memory-settings.ts';
import { type LoadingState, loadingState } from '../../viewport/load-image.ts';
import { type MemoryUse, memoryBudget } from '../../viewport/memory-budget.ts';
import { useWorkspace } from '../../workspace/workspace-store.ts';

/** The footer looks at how things stand so often, ms: a reader wants to know, but not to watch it flicker. */
const lookEveryMs = 500;

interface Standing {
  readonly memory: MemoryUse;
  readonly loading: LoadingState;
}

const standing = (): Standing => ({ memory: memoryBudget.use(), loading: loadingState() });

/** How things stand, by the clock; the same object as long as nothing has changed. */
function useStanding(): Standing {
  const [current, setCurrent] = useState(standing);
  useEffect(() => {
    const look = () => {
      const next = standing();
      setCurrent((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    const timer = setInterval(look, lookEveryMs);
    return () => clearInterval(timer);
  }, []);
  return current;
}

function useIsOnline(): boolean {
  const [isOnline, setIsOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const look = () => setIsOnline(navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  return isOnline;
}

/** Says when the archive can't be reached, and tries again. */
function Connection(): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const isOnline = useIsOnline();
  const isAnswering = useIsAnswering();
  if (isOnline && isAnswering) return null;
  const retry = () => {
    void client.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });
    void client.refetchQueries({ type: 'active', queryKey: ['series'] });
    for (const controller of Object.values(useWorkspace.getState().controllers)) controller.retry();
  };
  return (
    <span className="is-critical" data-testid="footer-connection">
      {isOnline ? t('memory.noAnswer') : t('memory.offline')}{' '}
      <button type="button" onClick={retry}>
        {t('app.retry')}
      </button>
    </span>
  );
}

/** How many images of the open studies there are. */
function useImageCount(): number {
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  return displaySets.reduce((sum, set) => sum + (set.kind === 'image' ? set.images.length : 0), 0);
}

const classOfPressure = { normal: '', warning: 'is-warning', critical: 'is-critical' } as const;

function Memory({ memory }: { memory: MemoryUse }): ReactNode {
  const { t, i18n } = useTranslation();
  const amounts = {
    used: formatMemory(memory.usedBytes, i18n.language),
    limit: formatMemory(memory.limitBytes, i18n.language),
  };
  const warning = memory.pressure === 'normal' ? '' : t(`memory.${memory.pressure}`);
  return (
    <span
      className={classOfPressure[memory.pressure]}
      title={t('memory.hint')}
      data-testid="footer-memory"
      data-pressure={memory.pressure}
      data-used-bytes={memory.usedBytes}
    >
      {t('memory.used', amounts)}
      {warning ? ` · ${warning}` : ''}
    </span>
  );
}

/** What goes on behind the images: connection, loading, memory. Small and quiet, and it can be hidden; `isEmpty`: not yet. */
export function ViewerFooter({ isEmpty }: { isEmpty: boolean }): ReactNode {
  const { t } = useTranslation();
  useMemorySettings();
  const isShown = useIsFooterShown();
  if (!isShown) {
    // What it is meant for is said whether a reader wants to see the rest or not.
    return (
      <div className="viewer-footer is-notice">
        <NotDiagnosticNotice />
      </div>
    );
  }
  return (
    <section className="viewer-footer" aria-label={t('memory.footer')} data-testid="viewer-footer">
      <NotDiagnosticNotice />
      {isEmpty ? <span className="footer-end" /> : <FooterContent />}
      <button
        type="button"
        className="footer-hide"
        aria-label={t('memory.hide')}
        title={t('memory.hide')}
        onClick={() => setFooterShown(false)}
      >
        <span aria-hidden="true">×</span>
      </button>
    </section>
  );
}

function FooterContent(): ReactNode {
  const { t } = useTranslation();
  const { memory, loading } = useStanding();
  const count = useImageCount();
  const loaded = Math.min(count, loading.heldCount);
  return (
    <>
      <Connection />
      <span data-testid="footer-progress" data-loaded={loaded} data-count={count}>
        {count > 0 ? t('memory.progress', { loaded, count }) : ''}
      </span>
      {loading.inFlight > 0 ? (
        <span data-testid="footer-loading">{t('memory.loading', { count: loading.inFlight })}</span>
      ) : null}
      <span className="footer-end">
        <Memory memory={memory} />
      </span>
    </>
  );
}
