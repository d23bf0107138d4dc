import type { Level } from '../../archive/search/search-archive.ts';
import { DATA_SETS, SERIES, STUDY, type TransactionRow } from '../transaction.ts';
import { searchTransaction } from './search.ts';

const row = (template: string, level: Level): TransactionRow => ({
  method: 'GET',
  template,
  transaction: 'Search',
  section: 'PS3.18 10.6',
  permission: 'dicom:search',
  query: [
    '{attributeID}',
    'includefield',
    'fuzzymatching',
    'emptyvaluematching',
    'multiplevaluematching',
    'limit',
    'offset',
    'orderby',
    'accept',
    'charset',
  ],
  consumes: [],
  produces: DATA_SETS,
  run: (service, context, parameters) => searchTransaction(service, level, context, parameters),
});

export const searchRows: readonly TransactionRow[] = [
  row('/studies', 'study'),
  row('/series', 'series'),
  row('/instances', 'instance'),
  row(`${STUDY}/series`, 'series'),
  row(`${STUDY}/instances`, 'instance'),
  row(`${SERIES}/instances`, 'instance'),
];
