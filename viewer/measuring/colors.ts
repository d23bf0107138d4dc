import { getPreference } from '../preferences/preference-store.ts';

/** Colours that are told apart on grey pictures, also by those who don't see all colours; the first is that of new measurements. */
export const measuringColors = [
  '#c0eb75',
  '#ffd43b',
  '#ff922b',
  '#ff8787',
  '#f783ac',
  '#66d9e8',
  '#74c0fc',
  '#ffffff',
] as const;

const parseColor = (value: unknown): string | undefined => measuringColors.find((color) => color === value);

/** Name of the preference: the colour of new measurements. */
export const colorPreference = 'measuring.color';

export const drawingColor = (): string => getPreference(colorPreference, parseColor, measuringColors[0]);
