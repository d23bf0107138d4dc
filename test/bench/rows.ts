import type { RowFamily } from './row.ts';
import { qidoStudiesRows } from './rows/qido-studies.ts';
import { retrieveRows } from './rows/retrieve.ts';
import { storeRows } from './rows/store.ts';
import { longDayRow, viewerRows } from './rows/viewer/viewer-rows.ts';

/** Everything that `npm run bench` can measure, in the order of `all`. */
export const ROWS: readonly RowFamily[] = [
  storeRows,
  qidoStudiesRows,
  retrieveRows,
  ...viewerRows,
  longDayRow,
];
