import type { CommandName } from '../../commands/commands.ts';
import type { IconName } from '../../components/icons.tsx';

export interface ToolbarEntry {
  readonly command: CommandName;
  readonly icon: IconName;
  /** Switched on and off beside other things: in a menu it has a mark, and never becomes the menu's button. */
  readonly isSwitch?: true;
}

/**
 * A part of the toolbar: `buttons` beside each other; `menu`, one button that does the first of its entries, with a list of all
 * beside it; `tools`, the same with the tool that was chosen last for its button; or a menu of its own kind.
 */
export type ToolbarGroup =
  | {
      readonly name: string;
      readonly kind: 'buttons' | 'menu' | 'tools';
      readonly entries: readonly ToolbarEntry[];
    }
  /** The menus of windows and of layouts, which list more than commands. */
  | { readonly name: 'window' | 'layout'; readonly kind: 'special' };

/** Everything in the toolbar, from left to right; groups without entries are not seen. Texts are `toolbar.NAME`. */
export const toolbarGroups: readonly ToolbarGroup[] = [
  {
    name: 'tools',
    kind: 'buttons',
    entries: [
      { command: 'toolWindow', icon: 'window' },
      { command: 'toolPan', icon: 'pan' },
      { command: 'toolZoom', icon: 'zoom' },
      { command: 'toolScroll', icon: 'scroll' },
    ],
  },
  { name: 'window', kind: 'special' },
  {
    name: 'measure',
    kind: 'tools',
    entries: [
      { command: 'toolLength', icon: 'length' },
      { command: 'toolBidirectional', icon: 'bidirectional' },
      { command: 'toolAngle', icon: 'angle' },
      { command: 'toolCobbAngle', icon: 'cobbAngle' },
      { command: 'toolProbe', icon: 'probe' },
      { command: 'toolEllipse', icon: 'ellipse' },
      { command: 'toolCircle', icon: 'circle' },
      { command: 'toolRectangle', icon: 'rectangle' },
      { command: 'toolFreehand', icon: 'freehand' },
      { command: 'toolSpline', icon: 'spline' },
      { command: 'toolLivewire', icon: 'livewire' },
      { command: 'toolArrow', icon: 'arrow' },
      { command: 'toolText', icon: 'text' },
      { command: 'toolSelect', icon: 'select' },
      { command: 'toolMagnify', icon: 'magnify' },
      { command: 'toolCalibrate', icon: 'calibrate' },
      { command: 'undo', icon: 'undo', isSwitch: true },
      { command: 'redo', icon: 'redo', isSwitch: true },
      { command: 'removeCalibration', icon: 'close', isSwitch: true },
      { command: 'toggleMeasurements', icon: 'hidden', isSwitch: true },
      { command: 'togglePixelReadout', icon: 'probe', isSwitch: true },
    ],
  },
  {
    name: 'measurements',
    kind: 'buttons',
    entries: [{ command: 'measurementList', icon: 'list' }],
  },
  {
    name: 'look',
    kind: 'buttons',
    entries: [
      { command: 'fit', icon: 'fit' },
      { command: 'invert', icon: 'invert' },
      { command: 'reset', icon: 'reset' },
      { command: 'toggleCine', icon: 'play' },
    ],
  },
  {
    name: 'view',
    kind: 'menu',
    entries: [
      { command: 'rotateLeft', icon: 'rotateLeft' },
      { command: 'rotateRight', icon: 'rotateRight' },
      { command: 'flipHorizontal', icon: 'flipHorizontal' },
      { command: 'flipVertical', icon: 'flipVertical' },
      { command: 'toggleEnlarged', icon: 'fit' },
      { command: 'actualPixels', icon: 'zoom' },
      { command: 'toggleOverlayPlanes', icon: 'text', isSwitch: true },
      { command: 'toggleShutters', icon: 'hidden', isSwitch: true },
    ],
  },
  { name: 'layout', kind: 'special' },
  {
    name: 'priors',
    kind: 'buttons',
    entries: [
      { command: 'toggleSeriesPanel', icon: 'columns' },
      { command: 'openPrior', icon: 'priors' },
    ],
  },
  {
    name: 'volume',
    kind: 'menu',
    entries: [
      { command: 'mpr', icon: 'reformat' },
      { command: 'mprRow', icon: 'reformat' },
      { command: 'showAxial', icon: 'reformat' },
      { command: 'showCoronal', icon: 'reformat' },
      { command: 'showSagittal', icon: 'reformat' },
      { command: 'showAcquired', icon: 'reformat' },
      { command: 'resetPlanes', icon: 'reset' },
      { command: 'slabMaximum', icon: 'slab' },
      { command: 'slabMinimum', icon: 'slab' },
      { command: 'slabMean', icon: 'slab' },
      { command: 'thickerSlab', icon: 'slab' },
      { command: 'thinnerSlab', icon: 'slab' },
    ],
  },
  {
    name: 'link',
    kind: 'menu',
    entries: [
      { command: 'link', icon: 'link' },
      { command: 'unlink', icon: 'unlink' },
      { command: 'linkByOffset', icon: 'link', isSwitch: true },
      { command: 'linkScroll', icon: 'scroll', isSwitch: true },
      { command: 'linkView', icon: 'zoom', isSwitch: true },
      { command: 'linkWindow', icon: 'window', isSwitch: true },
      { command: 'toggleReferenceLines', icon: 'referenceLines', isSwitch: true },
      { command: 'toggleReferenceRange', icon: 'referenceLines', isSwitch: true },
      { command: 'toolCrosshair', icon: 'crosshair' },
    ],
  },
  {
    name: 'evidence',
    kind: 'buttons',
    entries: [
      { command: 'saveEvidence', icon: 'save' },
      { command: 'toggleKeyImage', icon: 'keyImage' },
    ],
  },
  {
    name: 'output',
    kind: 'menu',
    entries: [
      { command: 'exportPicture', icon: 'download' },
      { command: 'print', icon: 'print' },
      { command: 'printLayout', icon: 'print' },
      { command: 'copyPicture', icon: 'copy' },
      { command: 'copyLink', icon: 'share' },
      { command: 'tagBrowser', icon: 'tags' },
      { command: 'keyImages', icon: 'keyImage' },
      { command: 'evidenceNotice', icon: 'document' },
      { command: 'downloadInstance', icon: 'download' },
      { command: 'downloadSeries', icon: 'download' },
      { command: 'downloadStudy', icon: 'download' },
    ],
  },
  {
    name: 'screen',
    kind: 'buttons',
    entries: [
      { command: 'toggleOverlay', icon: 'text' },
      { command: 'palette', icon: 'commands' },
      { command: 'help', icon: 'help' },
      { command: 'settings', icon: 'settings' },
    ],
  },
];
