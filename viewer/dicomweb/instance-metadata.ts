import type { JsonDataSet } from './data-set.ts';
import { RequestError } from './request-error.ts';
import { dicomWebRoot } from './root.ts';
import { sendRequest } from './send-request.ts';

/** All attributes of one instance but its bulk data (PS3.18 10.4.1.1.2). @throws RequestError */
export async function retrieveInstanceMetadata(
  address: {
    readonly studyInstanceUID: string;
    readonly seriesInstanceUID: string;
    readonly sopInstanceUID: string;
  },
  signal?: AbortSignal,
): Promise<JsonDataSet> {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = address;
  const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}/metadata`;
  const answer = await sendRequest(`${dicomWebRoot}/${path}`, {
    headers: { Accept: 'application/dicom+json' },
    ...(signal ? { signal } : {}),
  });
  const body: unknown = await answer.json();
  const [instance] = Array.isArray(body) ? (body as JsonDataSet[]) : [];
  if (!instance) throw new RequestError(answer.status, 'The answer holds no instance');
  return instance;
}
