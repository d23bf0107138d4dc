import { STUDY, type TransactionRow } from '../transaction.ts';
import { store } from './store.ts';
import { STORE_TYPES } from './store-content.ts';

const row = (template: string): TransactionRow => ({
  method: 'POST',
  template,
  transaction: 'Store',
  section: 'PS3.18 10.5',
  permission: 'dicom:store',
  query: ['accept', 'charset'],
  consumes: STORE_TYPES,
  produces: [
    'application/dicom+json',
    'application/json',
    'application/dicom+xml',
    'multipart/related; type="application/dicom+xml"',
  ],
  run: store,
});

export const storeRows: readonly TransactionRow[] = [row('/studies'), row(STUDY)];
