import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect, useRef } from 'react';

const buttonsOf = (toolbar: HTMLElement, selector = 'button:not(:disabled)'): HTMLButtonElement[] => [
  ...toolbar.querySelectorAll<HTMLButtonElement>(selector),
];

/** Where a key leads in a row of buttons; undefined for keys that lead nowhere. */
function destination(key: string, at: number, count: number): number | undefined {
  if (key === 'ArrowRight') return (at + 1) % count;
  return key === 'ArrowLeft' ? (at - 1 + count) % count : undefined;
}

/**
 * Makes a row of buttons one stop of the Tab key, in which the arrow keys to the left and right move (WAI-ARIA toolbar pattern).
 * These don't reach the image then; Home and End do, to its first and last. Whoever clicks instead of walking there leaves all keys
 * to the image.
 */
export function useRovingFocus(): {
  ref: RefObject<HTMLDivElement | null>;
  onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => void;
  onFocus: () => void;
  onClick: (event: MouseEvent<HTMLDivElement>) => void;
} {
  const ref = useRef<HTMLDivElement>(null);
  const current = useRef<HTMLButtonElement>(undefined);

  const mark = () => {
    const toolbar = ref.current;
    if (!toolbar) return;
    const buttons = buttonsOf(toolbar);
    const known = current.current && buttons.includes(current.current) ? current.current : buttons[0];
    for (const button of buttonsOf(toolbar, 'button')) button.tabIndex = button === known ? 0 : -1;
  };
  // Buttons come, go and are disabled with every change of what is on the screen.
  useEffect(mark);

  return {
    ref,
    onKeyDown: (event) => {
      const buttons = buttonsOf(event.currentTarget);
      const at = buttons.indexOf(event.target as HTMLButtonElement);
      // React tells the toolbar also of keys in the menus that belong to it, which lie elsewhere.
      if (at < 0) return;
      const next = destination(event.key, at, buttons.length);
      if (next === undefined) return;
      buttons[next]?.focus();
      event.preventDefault();
      event.stopPropagation();
    },
    onFocus: () => {
      const { activeElement } = document;
      if (!(activeElement instanceof HTMLButtonElement) || !ref.current?.contains(activeElement)) return;
      current.current = activeElement;
      mark();
    },
    onClick: (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      const isByPointer = event.detail > 0;
      if (isByPointer && button && ref.current?.contains(button) && !button.hasAttribute('aria-haspopup'))
        button.blur();
    },
  };
}
