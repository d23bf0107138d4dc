import { searchWorkItems } from '../../../storage/index/work-items.ts';
import { InvalidSearchError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type Criterion, type MatchingOptions, matchesOf, pathOf } from './matching.ts';
import { dataSetOf, findOrThrow, type WorkItem } from './work-item.ts';

/** One work item (PS3.4 CC.2.7). Throws a `WorkItemError`. */
export async function retrieveWorkItem(parts: ArchiveParts, sopInstanceUID: string): Promise<WorkItem> {
  const row = await findOrThrow(parts.pool, sopInstanceUID);
  return { sopInstanceUID, state: row.procedureStepState, dataSet: dataSetOf(row) };
}

export interface WorkItemSearchRequest extends MatchingOptions {
  criteria: readonly Criterion[];
  /** Keywords or tags to sort by; a `-` in front sorts downwards. Without: what is to begin first. */
  orderBy: readonly string[];
  limit: number;
  offset: number;
}

export interface WorkItemsFound {
  found: WorkItem[];
  /** How many match in all; a lower bound unless `totalIsExact`. */
  total: number;
  totalIsExact: boolean;
}

/** Finds work items by any of their attributes (PS3.4 CC.2.8). Throws an `InvalidSearchError` naming what cannot be matched. */
export async function findWorkItems(
  parts: ArchiveParts,
  { criteria, orderBy, limit, offset, ...options }: WorkItemSearchRequest,
): Promise<WorkItemsFound> {
  try {
    const { rows, total, totalIsExact } = await searchWorkItems(parts.pool, {
      matches: matchesOf(criteria, options),
      orderBy: orderBy.map((key) => {
        const descending = key.startsWith('-');
        const [tag, ...below] = pathOf(descending ? key.slice(1) : key);
        if (below.length > 0) throw new InvalidSearchError('attributes in sequences cannot be sorted by');
        return { tag, descending };
      }),
      limit,
      offset,
    });
    const found = rows.map((row) => ({
      sopInstanceUID: row.sopInstanceUID,
      state: row.procedureStepState,
      dataSet: dataSetOf(row),
    }));
    return { found, total, totalIsExact };
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidSearchError(error.message);
    throw error;
  }
}
