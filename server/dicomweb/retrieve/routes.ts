import { XML_TYPE } from '../negotiation.ts';
import { DATA_SETS, INSTANCE, SERIES, STUDY, type Transaction, type TransactionRow } from '../transaction.ts';
import { retrieveBulkData } from './bulk-data.ts';
import { retrieveAllBulkData, retrievePixelData } from './bulk-data-of-many.ts';
import { foundAgain } from './found-again.ts';
import { retrieveFrames } from './frames.ts';
import { retrieveInstances } from './instances.ts';
import { retrieveMetadata } from './metadata.ts';

const row = (
  template: string,
  transaction: string,
  section: string,
  run: Transaction,
  produces: readonly string[],
): TransactionRow => ({
  method: 'GET',
  template,
  transaction,
  section,
  permission: 'dicom:retrieve',
  query: ['accept', 'charset'],
  consumes: [],
  produces,
  run: foundAgain(run),
});

const INSTANCES = ['multipart/related; type="application/dicom"', 'application/zip'];

/** PS3.18 8.7.3.3: as octets, or in the media type of what it is compressed by. */
const BULK_PARTS = [
  'multipart/related; type="application/octet-stream"',
  'multipart/related; type="image/*"',
];
const BULK = [...BULK_PARTS, 'application/octet-stream'];

export const retrieveRows: readonly TransactionRow[] = [
  row(STUDY, 'Retrieve Study', 'PS3.18 10.4.1.1.1', retrieveInstances, INSTANCES),
  row(SERIES, 'Retrieve Series', 'PS3.18 10.4.1.1.1', retrieveInstances, INSTANCES),
  row(INSTANCE, 'Retrieve Instance', 'PS3.18 10.4.1.1.1', retrieveInstances, [
    ...INSTANCES,
    'application/dicom',
  ]),
  row(`${STUDY}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata, DATA_SETS),
  row(`${SERIES}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata, DATA_SETS),
  row(`${INSTANCE}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata, [
    ...DATA_SETS,
    XML_TYPE,
  ]),
  row(`${INSTANCE}/frames/{frames}`, 'Retrieve Frames', 'PS3.18 10.4.1.1.6', retrieveFrames, BULK),
  row(`${STUDY}/bulkdata`, 'Retrieve Study Bulk Data', 'PS3.18 10.4.1.1.5', retrieveAllBulkData, BULK_PARTS),
  row(
    `${SERIES}/bulkdata`,
    'Retrieve Series Bulk Data',
    'PS3.18 10.4.1.1.5',
    retrieveAllBulkData,
    BULK_PARTS,
  ),
  row(
    `${INSTANCE}/bulkdata`,
    'Retrieve Instance Bulk Data',
    'PS3.18 10.4.1.1.5',
    retrieveAllBulkData,
    BULK_PARTS,
  ),
  row(`${STUDY}/pixeldata`, 'Retrieve Study Pixel Data', 'PS3.18 10.4.1.1.6', retrievePixelData, BULK_PARTS),
  row(
    `${SERIES}/pixeldata`,
    'Retrieve Series Pixel Data',
    'PS3.18 10.4.1.1.6',
    retrievePixelData,
    BULK_PARTS,
  ),
  row(
    `${INSTANCE}/pixeldata`,
    'Retrieve Instance Pixel Data',
    'PS3.18 10.4.1.1.6',
    retrievePixelData,
    BULK_PARTS,
  ),
  row(`${INSTANCE}/bulkdata/{*path}`, 'Retrieve Bulk Data', 'PS3.18 10.4.1.1.5', retrieveBulkData, BULK),
];
