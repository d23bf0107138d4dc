import { STUDY, type TransactionRow } from '../transaction.ts';
import { store } from './store.ts';

const row = (template: string): TransactionRow => ({
  method: 'POST',
  template,
  transaction: 'Store',
  section: 'PS3.18 10.5',
  permission: 'dicom:store',
  query: ['accept', 'charset'],
  consumes: ['multipart/related; type="application/dicom"', 'application/dicom'],
  produces: ['application/dicom+json', 'application/json'],
  run: store,
});

export const storeRows: readonly TransactionRow[] = [row('/studies'), row(STUDY)];
