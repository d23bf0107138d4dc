import type { Figure } from './figure.ts';
import type { BenchOptions } from './options.ts';

/** Rows that are measured with the same servers and data. */
export interface RowFamily {
  /** In the order in which they are measured. */
  readonly names: readonly string[];
  /** False: only by its name, never with `all`. */
  readonly isInAll?: false;
  /** Needs the viewer built, not only the server. */
  readonly needsViewer?: true;
  /** `wanted`: those of `names` that were asked for. */
  measure(wanted: ReadonlySet<string>, options: BenchOptions): Promise<readonly Figure[]>;
}
