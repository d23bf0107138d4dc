import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { positionsOf, shownPosition, type ViewportState } from '../../viewport/viewport-controller.ts';
import { activeController, useWorkspace } from '../../workspace/workspace-store.ts';
import { formatNumber } from './tile-content.ts';

/** So long nothing must have moved, in ms: who scrolls through 400 images hears where they stopped. */
const quietMs = 700;

/** What has changed since is told: the place in the series, the window. */
function useAnnouncement(): (state: ViewportState) => string {
  const { t } = useTranslation();
  return useCallback(
    (state) => {
      const { image, stack, window } = state;
      if (!image || !stack) return '';
      const place = { number: shownPosition(state) + 1, count: positionsOf(state) };
      if (!window) return t('viewer.imageOf', place);
      const values = { center: formatNumber(window.center), width: formatNumber(window.width) };
      return t('viewer.resultChanged', { ...place, ...values });
    },
    [t],
  );
}

/** Says to screen readers what the active viewport shows, when scrolling or windowing has come to rest. */
export function Announcer(): ReactNode {
  const controller = useWorkspace(activeController);
  const announcement = useAnnouncement();
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!controller) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = controller.subscribe(() => {
      const state = controller.getState();
      clearTimeout(timer);
      // While it plays there is nothing to follow.
      if (state.playing === undefined) timer = setTimeout(() => setSaid(announcement(state)), quietMs);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [controller, announcement]);
  return (
    <div className="visually-hidden" aria-live="polite" data-testid="announcer">
      {said}
    </div>
  );
}
