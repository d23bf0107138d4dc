import type { Context } from 'koa';
import {
  type FoundRow,
  type Level,
  needsMetadata,
  searchArchive,
  withMetadata,
} from '../../archive/search/search-archive.ts';
import { sendDataSetTexts } from '../data-set-texts.ts';
import { dataSetFormFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { rootUrl, scopeOf } from '../uri.ts';
import { parseSearchQuery } from './search-query.ts';
import { resultWriter, type WriteResult } from './search-result.ts';

/** Headers have little room. */
const MOST_NAMES_IN_WARNING = 20;

/** Search transaction (PS3.18 10.6) for `level`; the URI may name the study, and the series, to search in. */
export async function searchTransaction(
  service: DicomwebService,
  level: Level,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const form = dataSetFormFor(context, false);
  const scope = scopeOf(parameters);
  const query = parseSearchQuery(context.querystring);
  const countAll = prefersExactCount(context);
  const { rows, total, totalIsExact, includedPaths, ignoredPaths } = await searchArchive(service.archive, {
    level,
    studyInstanceUID: scope.studyInstanceUID || undefined,
    seriesInstanceUID: scope.seriesInstanceUID,
    ...query,
    countAll,
  });
  context.set('X-Total-Count', String(total));
  context.set('X-Total-Count-Exact', String(totalIsExact));
  if (countAll) context.set('Preference-Applied', 'count=exact');
  const root = rootUrl(context, service.publicUrl);
  const remaining = total - query.offset - rows.length;
  if (remaining > 0) {
    // PS3.18 8.3.4.4.1, in its words; beyond a thousand matches nobody counts.
    const count = `${totalIsExact ? '' : 'at least '}${remaining}`;
    context.append('Warning', `299 ${root}: There are ${count} additional results that can be requested`);
  }
  if (ignoredPaths.length > 0) {
    const names = [...new Set(ignoredPaths)].slice(0, MOST_NAMES_IN_WARNING).join(', ');
    context.append('Warning', `299 ${root}: The following includefield values are not supported: ${names}`);
  }
  if (rows.length === 0) {
    context.status = 204;
    return;
  }
  const { includeAll, privateCreators } = query;
  const asked = { level, scope, includedPaths, includeAll, privateCreators };
  const write = resultWriter(asked, root);
  if (!needsMetadata(asked))
    return sendDataSetTexts(
      context,
      form,
      rows.map((row) => write(row)),
    );
  // Law 4: whole metadata of a thousand instances is not held at once.
  await sendDataSetTexts(context, form, resultsWithMetadata(service, rows, write));
}

/** RFC 7240, as others count: `Prefer: count=exact` has all matches counted, which takes its time in a large archive. */
function prefersExactCount(context: Context): boolean {
  return /(^|[,;])\s*count\s*=\s*"?exact"?\s*($|[,;])/i.test(context.get('Prefer'));
}

async function* resultsWithMetadata(
  service: DicomwebService,
  rows: readonly FoundRow[],
  write: WriteResult,
): AsyncGenerator<string> {
  for await (const { row, metadata } of withMetadata(service.archive, rows)) yield write(row, metadata);
}
