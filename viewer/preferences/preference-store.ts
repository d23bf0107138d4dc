import { useMemo } from 'react';
import { create } from 'zustand';
import { fetchPreferences } from '../dicomweb/preferences.ts';
import { forgetUnsaved, type SavingProblem, saveNow, saveSoon, startSaving } from './preference-saver.ts';

interface PreferenceStore {
  /** What the reader has set, by name, as the server keeps it (`/api/preferences`); each room knows its own names. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether those of the server are here, or won't come. */
  readonly isLoaded: boolean;
  /** Set when what was set can't be kept, until the reader has seen it. */
  readonly problem: SavingProblem | undefined;
}

const nothing: PreferenceStore = { values: {}, isLoaded: false, problem: undefined };
const usePreferenceStore = create<PreferenceStore>(() => nothing);

/** Of whom the values are: a late answer for the one before is not theirs. */
let reader = 0;
let told = new Set<SavingProblem>();
/** Names set while those of the server were on their way. */
let setMeanwhile = new Set<string>();

/**
 * Fetches what the one signed in has set. What was set here in the meantime stays. Where the server does not answer, everything
 * is as at the first time.
 */
export async function loadPreferences(): Promise<void> {
  const current = reader;
  let fetched: Record<string, unknown> = {};
  try {
    fetched = await fetchPreferences();
  } catch {
    // The defaults; setting still tries to save, and tells when that fails.
  }
  if (current !== reader) return;
  const { values } = usePreferenceStore.getState();
  const own = Object.entries(values).filter(([name]) => setMeanwhile.has(name));
  usePreferenceStore.setState({ values: { ...fetched, ...Object.fromEntries(own) }, isLoaded: true });
}

/** Nothing of one reader is left for the next. */
export function forgetPreferences(): void {
  reader += 1;
  told = new Set();
  setMeanwhile = new Set();
  forgetUnsaved();
  usePreferenceStore.setState(nothing);
}

/** Has what is set saved, and told once when it can't be. Call once, at the start; returns how to stop. */
export function keepPreferences(): () => void {
  return startSaving((problem) => {
    if (told.has(problem)) return;
    told.add(problem);
    usePreferenceStore.setState({ problem });
  });
}

/** Saves at once what waits, before signing out. Resolves whether it worked or not. */
export const savePreferences = (): Promise<void> => saveNow();

export const useArePreferencesLoaded = (): boolean => usePreferenceStore(({ isLoaded }) => isLoaded);
export const useSavingProblem = (): SavingProblem | undefined => usePreferenceStore(({ problem }) => problem);
export const dismissSavingProblem = (): void => usePreferenceStore.setState({ problem: undefined });

/**
 * One preference, now. `parse` makes sure of its shape, because another version of the viewer may have written it; it gives
 * undefined for what it can't use, and then `fallback` holds.
 */
export function getPreference<T>(name: string, parse: (value: unknown) => T | undefined, fallback: T): T {
  const value = usePreferenceStore.getState().values[name];
  return value === undefined ? fallback : (parse(value) ?? fallback);
}

/**
 * The same in a component, which is rendered again when it changes. `parse` must be a constant function; what it gives is the
 * same object as long as the preference is.
 */
export function usePreference<T>(name: string, parse: (value: unknown) => T | undefined, fallback: T): T {
  const value = usePreferenceStore((store) => store.values[name]);
  return useMemo(
    () => (value === undefined ? fallback : (parse(value) ?? fallback)),
    [value, parse, fallback],
  );
}

/** Sets a preference here at once, and on the server soon after; undefined takes it back to what it is without. */
export function setPreference(name: string, value: unknown): void {
  const { values, isLoaded } = usePreferenceStore.getState();
  if (!isLoaded) setMeanwhile.add(name);
  usePreferenceStore.setState({ values: { ...values, [name]: value } });
  saveSoon(name, value);
}
