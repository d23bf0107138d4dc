import { useEffect, useRef } from 'react';

/** How often an open study is looked at for what has arrived meanwhile. */
export const refreshIntervalMs = 15_000;
/** Who has not touched anything for so long is taken for gone: asking on would keep the session alive for ever. */
const idleAfterMs = 120_000;

const signsOfLife = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;

/** Calls `refresh` by the clock, as long as someone is there and the page can be seen. */
export function useRefresh(refresh: () => void): void {
  const latest = useRef(refresh);
  latest.current = refresh;
  useEffect(() => {
    let lastSeen = Date.now();
    const see = () => {
      lastSeen = Date.now();
    };
    for (const sign of signsOfLife) window.addEventListener(sign, see, { passive: true });
    const timer = setInterval(() => {
      const isSomeoneThere = Date.now() - lastSeen < idleAfterMs;
      if (isSomeoneThere && document.visibilityState === 'visible') latest.current();
    }, refreshIntervalMs);
    return () => {
      clearInterval(timer);
      for (const sign of signsOfLife) window.removeEventListener(sign, see);
    };
  }, []);
}
