import type { Point } from './surface.ts';
import type { Window } from './window.ts';

/** How something was seen, so that it can be seen the same way again: in another tile, or when one comes back to it. */
export interface KeptView {
  /** The place in the stack, from 0. */
  readonly index: number;
  /** What the reader chose; undefined follows the header. */
  readonly window?: Window | undefined;
  /** Undefined: as such images begin. */
  readonly isInverted?: boolean | undefined;
  /** The place of the image that was in the middle of the tile, whose size may be another now. */
  readonly center?: Point | undefined;
  /** Whether it was seen whole and centred: then it is so again, however large its tile is now. */
  readonly isFit?: boolean | undefined;
  /** Zoom, turns and mirroring, as the controller that wrote it knows them. */
  readonly presentation?: object | undefined;
}
