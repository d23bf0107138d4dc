import { create } from 'zustand';

/** Whether the archive answers: false after a request that got no answer at all, until one gets one again. */
const useConnection = create(() => ({ isAnswering: true }));

/** Every request tells how it went; what was broken off by ourselves is not told. */
export function noteAnswer(isAnswered: boolean): void {
  if (useConnection.getState().isAnswering !== isAnswered)
    useConnection.setState({ isAnswering: isAnswered });
}

export const useIsAnswering = (): boolean => useConnection(({ isAnswering }) => isAnswering);
