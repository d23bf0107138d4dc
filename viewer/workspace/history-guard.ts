import { isAnythingUnsaved, leave } from './leaving.ts';

const addressNow = (): string => window.location.pathname + window.location.search;

/**
 * Asks before what is not saved is left by the browser's Back and Forward. These can't be stopped, only undone: before anybody
 * else hears of it, the address is as it was, and going on goes there again. To be called before anything is rendered by
 * address: browsers tell of it in the order of asking, capturing or not. Returns how to stop.
 */
export function guardHistory(): () => void {
  let address = addressNow();
  let state: unknown = window.history.state;
  let isGoing = false;
  const note = () => {
    address = addressNow();
    state = window.history.state;
  };
  const onPop = (event: PopStateEvent) => {
    if (isGoing || addressNow() === address || !isAnythingUnsaved()) {
      isGoing = false;
      note();
      return;
    }
    event.stopImmediatePropagation();
    // On top of the entry gone to, which is one step back from here, wherever it was before.
    window.history.pushState(state, '', address);
    leave(() => {
      isGoing = true;
      window.history.back();
    });
  };
  window.addEventListener('popstate', onPop);
  window.addEventListener('pushState', note);
  window.addEventListener('replaceState', note);
  return () => {
    window.removeEventListener('popstate', onPop);
    window.removeEventListener('pushState', note);
    window.removeEventListener('replaceState', note);
  };
}
