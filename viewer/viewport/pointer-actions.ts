/** What dragging with a button does. */
export type DragAction = 'window' | 'pan' | 'zoom' | 'scroll';
/** `tool`: the tool in hand, as the left button does. */
export type ButtonAction = DragAction | 'tool' | 'none';
export type WheelAction = 'scroll' | 'zoom' | 'none';

/** What buttons and wheel do; the left button is always the tool in hand. */
export interface PointerActions {
  readonly middle: ButtonAction;
  readonly right: ButtonAction;
  /** With the Ctrl key (or the Mac's Command). */
  readonly ctrlLeft: ButtonAction;
  readonly ctrlMiddle: ButtonAction;
  readonly ctrlRight: ButtonAction;
  readonly wheel: WheelAction;
  readonly ctrlWheel: WheelAction;
  /** Whether turning the wheel or dragging down goes to the image before, instead of the next. */
  readonly isScrollInverted: boolean;
}

export const defaultPointerActions: PointerActions = {
  middle: 'pan',
  right: 'zoom',
  ctrlLeft: 'tool',
  ctrlMiddle: 'pan',
  ctrlRight: 'zoom',
  wheel: 'scroll',
  ctrlWheel: 'zoom',
  isScrollInverted: false,
};

/** What dragging with a button of the mouse or pen is to do (`PointerEvent.button`: 0 left, 1 middle, 2 right). */
export function buttonAction(
  { button, isCtrl }: { readonly button: number; readonly isCtrl: boolean },
  actions: PointerActions,
): ButtonAction {
  const plain = (['tool', actions.middle, actions.right] as const)[button];
  const withCtrl = [actions.ctrlLeft, actions.ctrlMiddle, actions.ctrlRight][button];
  return (isCtrl ? withCtrl : plain) ?? 'none';
}
