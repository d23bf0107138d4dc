import { useEffect } from 'react';
import { type OverlayDetail, setTool, useWorkspace } from '../workspace/workspace-store.ts';
import { useMouseSettings } from './mouse-settings.ts';
import { setPreference, usePreference } from './preference-store.ts';
import { useKeptViewOptions } from './view-settings.ts';

export const overlayDetails = ['full', 'minimal', 'off'] as const satisfies readonly OverlayDetail[];

const parseOverlayDetail = (value: unknown): OverlayDetail | undefined =>
  overlayDetails.find((detail) => detail === value);

/** How much is written over images at the start. */
export const useDefaultOverlayDetail = (): OverlayDetail =>
  usePreference<OverlayDetail>('overlayDetail', parseOverlayDetail, 'full');

export const setDefaultOverlayDetail = (detail: OverlayDetail): void =>
  setPreference('overlayDetail', detail);

/**
 * Has the desk begin as the reader has set it, and follow when they set it otherwise. After the desk was cleared: a measuring tool
 * in hand since the patient before would draw where a drag is meant for the window.
 */
export function useReaderDefaults(): void {
  const { leftTool } = useMouseSettings();
  const overlayDetail = useDefaultOverlayDetail();
  useEffect(() => setTool(leftTool), [leftTool]);
  useEffect(() => useWorkspace.setState({ overlayDetail }), [overlayDetail]);
  useKeptViewOptions();
}
