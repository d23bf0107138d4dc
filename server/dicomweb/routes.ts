import type { Route } from '../http/route.ts';
import { capabilitiesRows } from './capabilities/routes.ts';
import { deleteRows } from './delete/routes.ts';
import { renderedRows } from './rendered/routes.ts';
import { retrieveRows } from './retrieve/routes.ts';
import { searchRows } from './search/routes.ts';
import type { DicomwebService } from './service.ts';
import { storeRows } from './store/routes.ts';
import type { TransactionRow } from './transaction.ts';
import { worklistRows } from './worklist/routes.ts';

/** Every transaction of this gateway but Retrieve Capabilities, which describes them; each folder has its own rows. */
const ROWS: readonly TransactionRow[] = [
  ...storeRows,
  ...searchRows,
  ...retrieveRows,
  ...renderedRows,
  ...deleteRows,
  ...worklistRows,
];

export function dicomwebRoutes(service: DicomwebService): Route[] {
  return [...ROWS, ...capabilitiesRows(ROWS)].map(({ run, ...row }) => ({
    ...row,
    handle: (context, parameters) => run(service, context, parameters),
  }));
}
