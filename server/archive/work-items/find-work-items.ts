import {
  type FoundWorkItem,
  readWorkItems,
  searchWorkItems,
} from '../../../storage/index/work-items/work-items.ts';
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
  /** How many `items` are. */
  count: number;
  /** Read a few at a time, as they are asked for. */
  items: AsyncIterable<WorkItem>;
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
    const { found, total, totalIsExact } = await searchWorkItems(parts.pool, {
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
    return { count: found.length, items: read(parts, found), total, totalIsExact };
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidSearchError(error.message);
    throw error;
  }
}

const READ_AT_ONCE_CHARACTERS = 4 * 1024 * 1024;

/** Law 4: a thousand large work items are not held at once. */
async function* read(parts: ArchiveParts, found: readonly FoundWorkItem[]): AsyncGenerator<WorkItem> {
  for (let start = 0; start < found.length; ) {
    let end = start;
    for (let characters = 0; end < found.length; end += 1) {
      characters += found[end]?.attributesLength ?? 0;
      if (end > start && characters > READ_AT_ONCE_CHARACTERS) break;
    }
    const pks = found.slice(start, end).map(({ workItemPk }) => workItemPk);
    for (const row of await readWorkItems(parts.pool, pks)) {
      yield { sopInstanceUID: row.sopInstanceUID, state: row.procedureStepState, dataSet: dataSetOf(row) };
    }
    start = end;
  }
}
