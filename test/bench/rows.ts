import type { RowFamily } from './row.ts';
import { growthRows } from './rows/growth.ts';
import { transcodeRow } from './rows/htj2k-transcode.ts';
import { metadataRows } from './rows/metadata.ts';
import { qidoManyStudiesRows, qidoStudiesRows } from './rows/qido-studies.ts';
import { renderedRow } from './rows/rendered.ts';
import { retrieveRows } from './rows/retrieve.ts';
import { seriesSearchRows } from './rows/series-search.ts';
import { startRow } from './rows/start.ts';
import { storeRows } from './rows/store.ts';
import { storeLargeRow } from './rows/store-large.ts';
import { longDayRow, viewerRows } from './rows/viewer/viewer-rows.ts';
import { wsiFrameRow } from './rows/wsi-frame.ts';

/** Everything that `npm run bench` can measure, in the order of `all`. */
export const ROWS: readonly RowFamily[] = [
  storeRows,
  storeLargeRow,
  qidoStudiesRows,
  seriesSearchRows,
  metadataRows,
  retrieveRows,
  wsiFrameRow,
  renderedRow,
  transcodeRow,
  startRow,
  growthRows,
  qidoManyStudiesRows,
  ...viewerRows,
  longDayRow,
];
