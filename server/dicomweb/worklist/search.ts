import type { Context } from 'koa';
import { findWorkItems } from '../../archive/work-items/find-work-items.ts';
import { RETURNED_IF_KNOWN_TAGS, RETURNED_TAGS } from '../../archive/work-items/requirements.ts';
import type { WorkItem } from '../../archive/work-items/work-item.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf, vrOf } from '../../dicom/dictionary.ts';
import { sendDataSets } from '../answer.ts';
import { dataSetFormFor } from '../negotiation.ts';
import { parseSearchQuery, type SearchQuery } from '../search/search-query.ts';
import type { DicomwebService } from '../service.ts';
import { warning } from './names.ts';

const MOST_RESULTS = 1000;

/** Search Workitems transaction (PS3.18 11.9), by any attribute of work items, also those inside sequences. */
export async function searchTransaction(service: DicomwebService, context: Context): Promise<void> {
  const form = dataSetFormFor(context, false);
  const query = parseSearchQuery(context.querystring);
  const limit = Math.min(query.limit, MOST_RESULTS);
  const { count, items, total, totalIsExact } = await findWorkItems(service.archive, { ...query, limit });
  context.set('X-Total-Count', String(total));
  context.set('X-Total-Count-Exact', String(totalIsExact));
  const remaining = total - query.offset - count;
  if (remaining > 0) {
    // PS3.18 8.3.4.4.1, in its words.
    const left = `${totalIsExact ? '' : 'at least '}${remaining}`;
    context.set(
      'Warning',
      warning(context, service, `There are ${left} additional results that can be requested`),
    );
  }
  if (count === 0) {
    context.status = 204;
    return;
  }
  await sendDataSets(context, form, results(items, query));
}

async function* results(items: AsyncIterable<WorkItem>, query: SearchQuery): AsyncGenerator<DataSet> {
  const asked = askedTags(query);
  for await (const { dataSet } of items) yield query.includeAll ? dataSet : resultOf(dataSet, asked);
}

/** A sequence comes whole, whatever of it was asked for. */
function askedTags({ criteria, includedPaths }: SearchQuery): string[] {
  const paths = [...includedPaths, ...criteria.map(({ attribute }) => attribute)];
  return paths.flatMap((path) => tagOf(path.split('.')[0] ?? '') ?? []);
}

function resultOf(dataSet: DataSet, asked: readonly string[]): DataSet {
  const result: DataSet = {};
  for (const tag of ['00080005', ...asked, ...RETURNED_IF_KNOWN_TAGS]) {
    const element = dataSet[tag];
    if (element) result[tag] = element;
  }
  for (const tag of RETURNED_TAGS) result[tag] = dataSet[tag] ?? { vr: vrOf(tag) ?? 'UN' };
  return result;
}
