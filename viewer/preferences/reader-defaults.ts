import { useEffect } from 'react';
import type { DragAction } from '../viewport/pointer-actions.ts';
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

/** The tool that was last taken in hand by itself; what the reader took since stays. */
let givenTool: DragAction | undefined;

/** Has the desk begin as the reader has set it, and follow when they set it otherwise. After the desk was cleared. */
export function useReaderDefaults(): void {
  const { leftTool } = useMouseSettings();
  const overlayDetail = useDefaultOverlayDetail();
  useEffect(() => {
    if (leftTool === givenTool) return;
    givenTool = leftTool;
    setTool(leftTool);
  }, [leftTool]);
  useEffect(() => useWorkspace.setState({ overlayDetail }), [overlayDetail]);
  useKeptViewOptions();
}
