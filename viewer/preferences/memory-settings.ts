import { useEffect } from 'react';
import { memoryBudget, smallestLimitBytes } from '../viewport/memory-budget.ts';
import { setPreference, usePreference } from './preference-store.ts';

const MiB = 1024 ** 2;
/** Limits to choose from, MiB. */
export const memoryLimits = [512, 1024, 2048, 4096, 8192] as const;

const parseLimit = (value: unknown): number | undefined =>
  typeof value === 'number' && value * MiB >= smallestLimitBytes ? value : undefined;

/** How much memory images may take, MiB; undefined: what fits the machine. */
export const useMemoryLimit = (): number | undefined =>
  usePreference<number | undefined>('memoryLimitMiB', parseLimit, undefined);

export const setMemoryLimit = (limit: number | undefined): void => setPreference('memoryLimitMiB', limit);

const parseShown = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** Whether the footer with memory and loading is shown. */
export const useIsFooterShown = (): boolean => usePreference('viewerFooter', parseShown, true);

export const setFooterShown = (isShown: boolean): void => setPreference('viewerFooter', isShown);

/** Has the memory budget follow the reader's setting. */
export function useMemorySettings(): void {
  const limit = useMemoryLimit();
  useEffect(() => memoryBudget.setLimit(limit === undefined ? undefined : limit * MiB), [limit]);
}
