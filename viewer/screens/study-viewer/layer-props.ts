import type { DisplaySet } from '../../viewport/stacks.ts';
import type { ViewportController, ViewportState } from '../../viewport/viewport-controller.ts';

/** What a layer over a viewport is told. */
export interface LayerProps {
  readonly tile: number;
  readonly controller: ViewportController;
  readonly state: ViewportState;
  readonly displaySet: DisplaySet;
}
