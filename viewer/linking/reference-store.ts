import { create } from 'zustand';

/** Lines where the active viewport cuts the others; off until the reader asks for them (IHE BIR 5.7). */
export const useReferenceLines = create(() => ({ isOn: false, hasRange: false }));

export function toggleReferenceLines(): void {
  useReferenceLines.setState(({ isOn }) => ({ isOn: !isOn }));
}

/** Whether the first and last slice are drawn too. */
export function toggleReferenceRange(): void {
  useReferenceLines.setState(({ isOn, hasRange }) => ({ isOn: isOn || !hasRange, hasRange: !hasRange }));
}
