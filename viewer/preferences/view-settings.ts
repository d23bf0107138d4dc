import { useEffect } from 'react';
import {
  defaultViewOptions,
  onViewOptions,
  setViewOptions,
  type ViewOptions,
  viewOptions,
} from '../viewport/view-options.ts';
import { getPreference, setPreference, usePreference } from './preference-store.ts';

const names = Object.keys(defaultViewOptions) as (keyof ViewOptions)[];

/** What can be used of a preference that another version may have written; what is missing is as by default. */
export function parseViewOptions(value: unknown): ViewOptions | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const known = value as Readonly<Record<string, unknown>>;
  const own = names.flatMap((name) => (typeof known[name] === 'boolean' ? [[name, known[name]]] : []));
  return { ...defaultViewOptions, ...Object.fromEntries(own) };
}

/** How the reader has images shown in all viewports. */
export const useViewSettings = (): ViewOptions =>
  usePreference('viewOptions', parseViewOptions, defaultViewOptions);

const getViewSettings = (): ViewOptions => getPreference('viewOptions', parseViewOptions, defaultViewOptions);

/** Shows images otherwise from now on, here and wherever the reader signs in. */
export const changeViewSettings = (change: Partial<ViewOptions>): void =>
  setPreference('viewOptions', { ...getViewSettings(), ...change });

/** Has images shown as the reader has set it, and keeps what is switched by commands while reading. */
export function useKeptViewOptions(): void {
  const kept = useViewSettings();
  useEffect(() => setViewOptions(kept), [kept]);
  useEffect(
    () =>
      onViewOptions(() => {
        const [now, known] = [viewOptions(), getViewSettings()];
        if (names.some((name) => now[name] !== known[name])) setPreference('viewOptions', now);
      }),
    [],
  );
}

const parseBoolean = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined;

/** Whether recordings of something that moves start by themselves (IHE BIR 5.9). */
export const useStartsCine = (): boolean => usePreference('cine.autoStart', parseBoolean, true);
export const setStartsCine = (isWanted: boolean): void => setPreference('cine.autoStart', isWanted);
