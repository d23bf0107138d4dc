import {
  type ButtonAction,
  type DragAction,
  defaultPointerActions,
  type PointerActions,
  type WheelAction,
} from '../viewport/pointer-actions.ts';
import { getKeySettings, useKeySettings } from './key-settings.ts';
import { getPreference, setPreference, usePreference } from './preference-store.ts';

/** The preference `mouse`: what buttons and wheel do, and which tool is in hand at the start. */
export interface MouseSettings extends PointerActions {
  readonly leftTool: DragAction;
}

export const dragActions = ['window', 'pan', 'zoom', 'scroll'] as const satisfies readonly DragAction[];
export const buttonActions = ['tool', ...dragActions, 'none'] as const satisfies readonly ButtonAction[];
export const wheelActions = ['scroll', 'zoom', 'none'] as const satisfies readonly WheelAction[];
export const buttonNames = ['middle', 'right', 'ctrlLeft', 'ctrlMiddle', 'ctrlRight'] as const;
export const wheelNames = ['wheel', 'ctrlWheel'] as const;

const preferenceName = 'mouse';
export const defaultMouseSettings: MouseSettings = { ...defaultPointerActions, leftTool: 'window' };

export function parseMouseSettings(value: unknown): MouseSettings | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const fallback = defaultMouseSettings;
  const pick = <T>(name: keyof MouseSettings, known: readonly T[], otherwise: T): T =>
    known.find((one) => one === given[name]) ?? otherwise;
  return {
    leftTool: pick('leftTool', dragActions, fallback.leftTool),
    middle: pick('middle', buttonActions, fallback.middle),
    right: pick('right', buttonActions, fallback.right),
    ctrlLeft: pick('ctrlLeft', buttonActions, fallback.ctrlLeft),
    ctrlMiddle: pick('ctrlMiddle', buttonActions, fallback.ctrlMiddle),
    ctrlRight: pick('ctrlRight', buttonActions, fallback.ctrlRight),
    wheel: pick('wheel', wheelActions, fallback.wheel),
    ctrlWheel: pick('ctrlWheel', wheelActions, fallback.ctrlWheel),
    isScrollInverted: given.isScrollInverted === true,
  };
}

/** IHE BIR begins with the Scroll tool (5.2), OHIF with the window. */
const defaultsOfMap = {
  ohif: defaultMouseSettings,
  bir: { ...defaultMouseSettings, leftTool: 'scroll' },
} as const satisfies Record<string, MouseSettings>;

export const getMouseSettings = (): MouseSettings =>
  getPreference<MouseSettings>(preferenceName, parseMouseSettings, defaultsOfMap[getKeySettings().map]);

export const useMouseSettings = (): MouseSettings =>
  usePreference<MouseSettings>(preferenceName, parseMouseSettings, defaultsOfMap[useKeySettings().map]);

export function changeMouse(changed: Partial<MouseSettings>): void {
  setPreference(preferenceName, { ...getMouseSettings(), ...changed });
}

export const resetMouse = (): void => setPreference(preferenceName, undefined);
