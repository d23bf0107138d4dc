import { INSTANCE, SERIES, STUDY, type Transaction, type TransactionRow } from '../transaction.ts';
import { retrieveBulkData } from './bulk-data.ts';
import { retrieveFrames } from './frames.ts';
import { retrieveInstances } from './instances.ts';
import { retrieveMetadata } from './metadata.ts';

const row = (template: string, transaction: string, section: string, run: Transaction): TransactionRow => ({
  method: 'GET',
  template,
  transaction,
  section,
  permission: 'dicom:retrieve',
  run,
});

export const retrieveRows: readonly TransactionRow[] = [
  row(STUDY, 'Retrieve Study', 'PS3.18 10.4.1.1.1', retrieveInstances),
  row(SERIES, 'Retrieve Series', 'PS3.18 10.4.1.1.1', retrieveInstances),
  row(INSTANCE, 'Retrieve Instance', 'PS3.18 10.4.1.1.1', retrieveInstances),
  row(`${STUDY}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata),
  row(`${SERIES}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata),
  row(`${INSTANCE}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata),
  row(`${INSTANCE}/frames/{frames}`, 'Retrieve Frames', 'PS3.18 10.4.1.1.3', retrieveFrames),
  row(`${INSTANCE}/bulkdata/{*path}`, 'Retrieve Bulk Data', 'PS3.18 10.4.1.1.5', retrieveBulkData),
];
