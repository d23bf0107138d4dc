import { type ReactNode, useLayoutEffect, useRef } from 'react';

const takesFocus = 'input, select, textarea, button, a[href], [tabindex]';

/** Given on by what closes in the very task in which something else opens: the focus is nowhere by then. */
let handedOn: HTMLElement | undefined;

function focused(): HTMLElement | undefined {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && activeElement !== document.body ? activeElement : undefined;
}

/** What is marked with `data-autofocus`, else the first stop of the Tab key, else the first that takes the focus at all. */
function firstStop(panel: Element): HTMLElement | undefined {
  const marked = panel.querySelector<HTMLElement>('[data-autofocus]');
  if (marked) return marked;
  const all = [...panel.querySelectorAll<HTMLElement>(takesFocus)].filter(
    (element) => !element.matches(':disabled') && element.checkVisibility?.() !== false,
  );
  return all.find(({ tabIndex }) => tabIndex >= 0) ?? all[0];
}

/** Mantine's timers come later, and give the focus to what is marked: that is what the reader has gone to in the meantime. */
function markWhatIsFocused(panel: Element): () => void {
  const mark = ({ target }: Event) => {
    for (const marked of panel.querySelectorAll('[data-autofocus]')) marked.removeAttribute('data-autofocus');
    if (target instanceof Element) target.setAttribute('data-autofocus', 'true');
  };
  panel.addEventListener('focusin', mark);
  return () => panel.removeEventListener('focusin', mark);
}

/**
 * Stands inside a dialog, menu or popover: takes the focus into it as it opens, and gives it back as it closes, both in the task of
 * the key or click that did so. Mantine does it by timers, between which letters of a fast typist go to the page.
 * @param onLost called when it closes and the element that had the focus before is gone, or there was none
 */
export function OwnFocus({ onLost }: { onLost?: () => void }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const latest = useRef(onLost);
  latest.current = onLost;
  useLayoutEffect(() => {
    const before = focused() ?? handedOn;
    const panel = place.current?.closest('[role="dialog"], [role="menu"]');
    const unmark = panel && markWhatIsFocused(panel);
    if (panel) firstStop(panel)?.focus({ preventScroll: true });
    return () => {
      unmark?.();
      handedOn = before;
      // After the elements are gone, and before any other key is heard.
      queueMicrotask(() => {
        handedOn = undefined;
        if (focused()) return;
        if (before?.isConnected) before.focus({ preventScroll: true });
        if (!focused()) latest.current?.();
      });
    };
  }, []);
  return <span ref={place} hidden />;
}

/** Whether a dialog is open that keys must not go past, wherever in the page the focus is. */
export function isModalOpen(): boolean {
  return document.querySelector('[aria-modal="true"]') !== null;
}
