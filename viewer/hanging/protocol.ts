import type { CtPresetName, Window } from '../viewport/window.ts';
import type { Grid } from '../workspace/workspace-store.ts';
import type { FactName } from './facts.ts';

/**
 * One thing that is asked of a study or a series. It holds when one of the values of the fact does what is said: is one of
 * `anyOf` (case does not matter), begins a word with one of `words`, lies between `atLeast` and `atMost`.
 */
export interface Rule {
  readonly fact: FactName | 'anyText';
  readonly anyOf?: readonly string[];
  readonly words?: readonly string[];
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Holds when the rest does not. */
  readonly not?: boolean;
  /** What it counts when it holds; 10 where left out. */
  readonly weight?: number;
  /** Without it, nothing of this is chosen. */
  readonly isRequired?: boolean;
}

/** What one tile is to show, and how. */
export interface TilePlan {
  /** Of which study: 0 the current one, 1 the prior that is compared with. */
  readonly study?: number;
  readonly series: readonly Rule[];
  /** Whether it may show what an earlier tile of the stage shows (in another window). */
  readonly mayRepeat?: boolean;
  /** Where a stack that was not seen yet is opened; at its first image where left out. `fraction`: 0 first, 1 last image. */
  readonly start?: 'first' | 'middle' | { readonly fraction: number };
  /** A preset, or a window in displayed values (HU, …); that of the header where left out. */
  readonly window?: CtPresetName | (Pick<Window, 'center' | 'width'> & Partial<Pick<Window, 'function'>>);
  /** The window of a stack that was not seen yet; that of the header where left out. */
  readonly firstWindow?: Window;
  readonly isInverted?: boolean;
  /** Of mammography: the edge of the tile that the chest wall is brought to. Mirrors the image where it must. */
  readonly chestWall?: 'left' | 'right';
}

/** A grid and what its tiles show, row by row. */
export interface Stage {
  readonly id: string;
  readonly grid: Grid;
  readonly tiles: readonly TilePlan[];
  /** Tiles that must find something for the stage to be offered; 1 where left out. */
  readonly needed?: number;
  /** Whether tiles that find nothing are left out, and the grid made as small as the rest needs. */
  readonly isCompact?: boolean;
  /** Whether stacks of one Frame of Reference are scrolled together. */
  readonly isLinked?: boolean;
}

/** A hanging protocol: plain data, the same as JSON. */
export interface HangingProtocol {
  readonly id: string;
  /** Of a reader's own; shipped ones have a text of their id. */
  readonly name?: string;
  /** What the study must be: every required rule holds, the weights of those that hold are its score. */
  readonly study: readonly Rule[];
  readonly stages: readonly Stage[];
}
