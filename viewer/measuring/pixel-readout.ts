import { getPreference, setPreference } from '../preferences/preference-store.ts';

/** Name of the preference: whether the value under the pointer is always told. */
export const readoutPreference = 'measuring.pixelReadout';

export const parseReadout = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined;

export const isReadoutOn = (): boolean => getPreference(readoutPreference, parseReadout, false);

export const toggleReadout = (): void => setPreference(readoutPreference, !isReadoutOn());
