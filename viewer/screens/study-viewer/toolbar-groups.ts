import type { CommandName } from '../../commands/commands.ts';
import type { IconName } from '../../components/icons.tsx';

export interface ToolbarEntry {
  readonly command: CommandName;
  readonly icon: IconName;
}

/**
 * A part of the toolbar: `buttons` beside each other; or `menu`, one button that does what was chosen in it last, with a list
 * of all beside it.
 */
export interface ToolbarGroup {
  readonly name: string;
  readonly kind: 'buttons' | 'menu';
  readonly entries: readonly ToolbarEntry[];
}

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
  {
    name: 'measure',
    kind: 'menu',
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
      { command: 'removeCalibration', icon: 'close' },
      { command: 'toggleMeasurements', icon: 'hidden' },
      { command: 'togglePixelReadout', icon: 'probe' },
    ],
  },
  {
    name: 'measurements',
    kind: 'buttons',
    entries: [
      { command: 'undo', icon: 'undo' },
      { command: 'redo', icon: 'redo' },
      { command: 'measurementList', icon: 'list' },
    ],
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
      { command: 'linkByOffset', icon: 'link' },
      { command: 'linkScroll', icon: 'scroll' },
      { command: 'linkView', icon: 'zoom' },
      { command: 'linkWindow', icon: 'window' },
      { command: 'toggleReferenceLines', icon: 'referenceLines' },
      { command: 'toggleReferenceRange', icon: 'referenceLines' },
      { command: 'toolCrosshair', icon: 'crosshair' },
    ],
  },
  {
    name: 'priors',
    kind: 'buttons',
    entries: [
      { command: 'toggleSeriesPanel', icon: 'columns' },
      { command: 'openPrior', icon: 'priors' },
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
      { command: 'previousSeries', icon: 'previousSeries' },
      { command: 'nextSeries', icon: 'nextSeries' },
      { command: 'toggleOverlay', icon: 'text' },
      { command: 'palette', icon: 'commands' },
      { command: 'help', icon: 'help' },
      { command: 'settings', icon: 'settings' },
    ],
  },
];
