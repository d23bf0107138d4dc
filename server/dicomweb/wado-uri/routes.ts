import type { Route } from '../../http/route.ts';
import { IMAGE_TYPES } from '../rendered/offers.ts';
import { foundAgain } from '../retrieve/found-again.ts';
import type { DicomwebService } from '../service.ts';
import type { TransactionRow } from '../transaction.ts';
import { RENDERING_NAMES } from './wado-parameters.ts';
import { retrieveByUri } from './wado-uri.ts';

/** Where the URI Service lies on this server, beside DICOMweb. */
export const WADO_URI_PREFIX = '/wado';

/** Retrieve DICOM Instance and Retrieve Rendered Instance are one request, told apart by the media type that is selected (9.3). */
export const wadoUriRows: readonly TransactionRow[] = [
  {
    method: 'GET',
    template: '',
    transaction: 'Retrieve Instance by URI',
    section: 'PS3.18 9',
    permission: 'dicom:retrieve',
    query: [
      'requestType',
      'studyUID',
      'seriesUID',
      'objectUID',
      'contentType',
      'charset',
      'anonymize',
      'transferSyntax',
      ...RENDERING_NAMES,
    ],
    consumes: [],
    produces: [
      ...IMAGE_TYPES,
      'application/dicom',
      'text/html',
      'text/plain',
      'text/xml',
      'application/pdf',
      'video/mp4',
    ],
    run: foundAgain((service, context) => retrieveByUri(service, context)),
  },
];

export function wadoUriRoutes(service: DicomwebService): Route[] {
  return wadoUriRows.map(({ run, ...row }) => ({
    ...row,
    handle: (context, parameters) => run(service, context, parameters),
  }));
}
