import { foundAgain } from '../retrieve/found-again.ts';
import { INSTANCE, SERIES, STUDY, type Transaction, type TransactionRow } from '../transaction.ts';
import { IMAGE_TYPES } from './offers.ts';
import { retrieveRenderedFrames, retrieveRenderedInstance } from './rendered-instance.ts';
import { retrieveRenderedMany } from './rendered-many.ts';
import { retrieveFrameThumbnail, retrieveThumbnail } from './thumbnail.ts';

const PARTS = IMAGE_TYPES.map((type) => `multipart/related; type="${type}"`);
const OF_ALL_KINDS = [
  'text/html',
  'text/plain',
  'text/xml',
  'text/rtf',
  'application/pdf',
  'video/mp4',
  'video/mpeg',
  'video/h265',
];

/** PS3.18 8.3.5.1 and Table 8.7.4-1. */
const rendered = (
  template: string,
  transaction: string,
  run: Transaction,
  produces: readonly string[],
): TransactionRow => ({
  method: 'GET',
  template,
  transaction,
  section: 'PS3.18 10.4.1.1.3',
  permission: 'dicom:retrieve',
  query: ['accept', 'charset', 'annotation', 'quality', 'viewport', 'window', 'iccprofile'],
  consumes: [],
  produces,
  run: foundAgain(run),
});

/** PS3.18 8.3.5.2. */
const thumbnail = (template: string, transaction: string, run: Transaction): TransactionRow => ({
  ...rendered(template, transaction, run, IMAGE_TYPES),
  section: 'PS3.18 10.4.1.1.4',
  query: ['accept', 'charset', 'viewport'],
});

const FRAMES = `${INSTANCE}/frames/{frames}`;

export const renderedRows: readonly TransactionRow[] = [
  rendered(`${STUDY}/rendered`, 'Retrieve Rendered Study', retrieveRenderedMany, PARTS),
  rendered(`${SERIES}/rendered`, 'Retrieve Rendered Series', retrieveRenderedMany, PARTS),
  rendered(`${INSTANCE}/rendered`, 'Retrieve Rendered Instance', retrieveRenderedInstance, [
    ...IMAGE_TYPES,
    ...PARTS,
    ...OF_ALL_KINDS,
  ]),
  rendered(`${FRAMES}/rendered`, 'Retrieve Rendered Frames', retrieveRenderedFrames, [
    ...IMAGE_TYPES,
    ...PARTS,
  ]),
  thumbnail(`${STUDY}/thumbnail`, 'Retrieve Study Thumbnail', retrieveThumbnail),
  thumbnail(`${SERIES}/thumbnail`, 'Retrieve Series Thumbnail', retrieveThumbnail),
  thumbnail(`${INSTANCE}/thumbnail`, 'Retrieve Instance Thumbnail', retrieveThumbnail),
  thumbnail(`${FRAMES}/thumbnail`, 'Retrieve Frame Thumbnail', retrieveFrameThumbnail),
];
