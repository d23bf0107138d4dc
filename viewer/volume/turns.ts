/** ms of work after which the page has its turn: less than a frame of the screen. */
const longestTurn = 12;

/**
 * Works in turns that leave the page time for what the reader does; `onDone` after the last. The first turn is taken at once.
 * Returns how to give the work up.
 */
export function workInTurns(work: Iterator<unknown>, onDone: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const takeTurn = () => {
    const end = performance.now() + longestTurn;
    while (performance.now() < end) {
      if (!work.next().done) continue;
      onDone();
      return;
    }
    timer = setTimeout(takeTurn);
  };
  takeTurn();
  return () => clearTimeout(timer);
}
