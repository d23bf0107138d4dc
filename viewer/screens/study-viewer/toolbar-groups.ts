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
  { name: 'measure', kind: 'menu', entries: [] },
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
  { name: 'volume', kind: 'menu', entries: [] },
  { name: 'link', kind: 'menu', entries: [] },
  { name: 'evidence', kind: 'buttons', entries: [] },
  { name: 'output', kind: 'menu', entries: [] },
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
