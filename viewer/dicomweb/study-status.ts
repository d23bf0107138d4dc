import { RequestError } from './request-error.ts';
import { sendRequest } from './send-request.ts';

/** How far the reading of a study is, in its order, as the archive keeps it in (0032,000A) Study Status ID. */
export const studyStatuses = ['NEW', 'OPENED', 'REPORTED'] as const;
export type StudyStatus = (typeof studyStatuses)[number];

export interface StudyStatusRecord {
  readonly status: StudyStatus;
  /** ISO 8601, UTC; undefined when nobody has set it yet. */
  readonly changedAt: string | undefined;
  readonly changedBy: string | undefined;
}

const statusUrl = (studyInstanceUID: string) => `/api/studies/${studyInstanceUID}/status`;

export function asStudyStatus(value: unknown): StudyStatus | undefined {
  return studyStatuses.find((status) => status === value);
}

async function parse(response: Response): Promise<StudyStatusRecord> {
  const body = (await response.json()) as Record<string, unknown>;
  const status = asStudyStatus(body.status);
  if (!status) throw new RequestError(response.status, 'The answer holds no status');
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { status, changedAt: text(body.changedAt), changedBy: text(body.changedBy) };
}

/** How far the reading of a study is, with who said so and when. @throws RequestError */
export async function fetchStudyStatus(
  studyInstanceUID: string,
  signal?: AbortSignal,
): Promise<StudyStatusRecord> {
  return parse(await sendRequest(statusUrl(studyInstanceUID), signal ? { signal } : {}));
}

/**
 * Says how far the reading of a study is; needs the permission `study:status`. With `from` nothing changes where the study has
 * another status. @throws RequestError
 */
export async function setStudyStatus(
  studyInstanceUID: string,
  status: StudyStatus,
  from?: StudyStatus,
): Promise<StudyStatusRecord> {
  const response = await sendRequest(statusUrl(studyInstanceUID), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ status, ...(from ? { from } : {}) }),
  });
  return parse(response);
}

/** A new study becomes opened; one that is reported stays so. @throws RequestError */
export function markOpened(studyInstanceUID: string): Promise<StudyStatusRecord> {
  return setStudyStatus(studyInstanceUID, 'OPENED', 'NEW');
}
