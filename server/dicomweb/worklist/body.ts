import type { Context } from 'koa';
import type { DataSet } from '../../dicom/data-set.ts';
import { DataSetError } from '../../dicom/dicom-errors.ts';
import { dataSetFromJson, parseJsonDataSets } from '../../dicom/models/data-set-from-json.ts';
import { dataSetFromXml } from '../../dicom/models/data-set-from-xml.ts';
import { HttpError } from '../../http/http-errors.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import { requestBody } from '../../http/request-body.ts';
import { XML_TYPE } from '../negotiation.ts';

/** A work item is some kilobytes; one with thousands of input instances some hundreds. */
const LARGEST_BODY_BYTES = 1024 * 1024;
const JSON_TYPES = ['application/dicom+json', 'application/json'];

/** The one data set of the request's body, in JSON or XML (PS3.18 11.1.3). Throws a 400, 413 or 415. */
export async function readDataSet(context: Context): Promise<DataSet> {
  const type = mediaTypeOf(context.get('Content-Type'))?.type;
  const isXml = type === XML_TYPE;
  if (!isXml && (type === undefined || !JSON_TYPES.includes(type)))
    throw new HttpError(415, `The body is to be ${JSON_TYPES[0]} or ${XML_TYPE}.`);
  const encoding = context.get('Content-Encoding');
  if (encoding !== '' && encoding !== 'identity')
    throw new HttpError(415, 'The body is taken as it is, without a Content-Encoding.');
  const bytes = await wholeBody(context);
  try {
    const dataSet = isXml ? dataSetFromXml(bytes) : onlyDataSet(parseJsonDataSets(bytes));
    refuseNul(dataSet);
    return dataSet;
  } catch (error) {
    if (error instanceof DataSetError) throw new HttpError(400, `The body cannot be read: ${error.message}.`);
    throw error;
  }
}

/** As `readDataSet`; empty where the request has no body. */
export async function readOptionalDataSet(context: Context): Promise<DataSet> {
  const { 'content-length': length, 'transfer-encoding': transferEncoding } = context.req.headers;
  const isEmpty = transferEncoding === undefined && (length === undefined || length === '0');
  return isEmpty ? {} : readDataSet(context);
}

async function wholeBody(context: Context): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of requestBody(context)) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES)
      throw new HttpError(413, `The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function onlyDataSet(dataSets: readonly unknown[]): DataSet {
  if (dataSets.length !== 1)
    throw new HttpError(400, `The body holds ${dataSets.length} data sets; it is to hold one.`);
  return dataSetFromJson(dataSets[0]);
}

/** PostgreSQL cannot keep U+0000, which no text of DICOM may hold either (PS3.5 6.1.3). Depth was bounded by the readers. */
function refuseNul(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new HttpError(400, 'The body holds the character U+0000.');
  } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseNul);
}
