import { create } from 'zustand';

/** What the reader has set, by name, as the server keeps it (`/api/preferences`); each room knows its own names. */
const usePreferenceStore = create<{ readonly values: Readonly<Record<string, unknown>> }>(() => ({
  values: {},
}));

/**
 * One preference, now. `parse` makes sure of its shape, because another version of the viewer may have written it; it gives
 * undefined for what it can't use, and then `fallback` holds.
 */
export function getPreference<T>(name: string, parse: (value: unknown) => T | undefined, fallback: T): T {
  const value = usePreferenceStore.getState().values[name];
  return value === undefined ? fallback : (parse(value) ?? fallback);
}

/** The same in a component, which is rendered again when it changes. `parse` must be a constant function. */
export function usePreference<T>(name: string, parse: (value: unknown) => T | undefined, fallback: T): T {
  const value = usePreferenceStore((store) => store.values[name]);
  return value === undefined ? fallback : (parse(value) ?? fallback);
}

/** Sets a preference here at once, and on the server soon after. */
export function setPreference(name: string, value: unknown): void {
  usePreferenceStore.setState(({ values }) => ({ values: { ...values, [name]: value } }));
}
