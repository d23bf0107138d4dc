import { isDeepStrictEqual } from 'node:util';
import type { PoolClient } from '../../../storage/index/pool.ts';
import { insertEvents } from '../../../storage/index/work-items/work-item-events.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import { hasValue, itemsOfElement } from './check-attributes.ts';
import { element, type ProcedureStepState, UPS_PUSH_SOP_CLASS_UID } from './work-item.ts';

/** The well-known instance that stands for all work items (PS3.4 CC.2.3). */
export const GLOBAL_SUBSCRIPTION_UID = '1.2.840.10008.5.1.4.34.5';
export const FILTERED_GLOBAL_SUBSCRIPTION_UID = '1.2.840.10008.5.1.4.34.5.1';

/** PS3.4 Table CC.2.4-1. */
const EVENT_TYPES = { state: 1, 'cancel-requested': 2, progress: 3, 'scp-status': 4, assigned: 5 } as const;

/** An N-EVENT-REPORT's attributes as PS3.18 11.13 has them; the Message ID (0000,0110) comes with the sending. */
function report(type: keyof typeof EVENT_TYPES, sopInstanceUID: string, attributes: DataSet): DataSet {
  return {
    '00000002': element('UI', UPS_PUSH_SOP_CLASS_UID),
    '00001000': element('UI', sopInstanceUID),
    '00001002': element('US', EVENT_TYPES[type]),
    ...attributes,
  };
}

function taken(dataSet: DataSet, tags: readonly string[]): DataSet {
  return Object.fromEntries(
    tags.flatMap((tag): [string, DataElement][] => {
      const found = dataSet[tag];
      return found && hasValue(found) ? [[tag, found]] : [];
    }),
  );
}

const WHY_CANCELED = ['00741238', '0074100E'];
const WHO_ASKS = ['0074100A', '0074100C'];

/** UPS State Report. */
export function stateReport(sopInstanceUID: string, state: ProcedureStepState, dataSet: DataSet): DataSet {
  const [progress] = itemsOfElement(dataSet['00741002']);
  return report('state', sopInstanceUID, {
    '00404041': dataSet['00404041'] ?? element('CS'),
    '00741000': element('CS', state),
    ...(state === 'CANCELED' && progress ? taken(progress, WHY_CANCELED) : {}),
  });
}

/** UPS Cancel Requested: who asks, and what they gave as their reason. */
export function cancelRequestedReport(sopInstanceUID: string, requestingAE: string, given: DataSet): DataSet {
  return report('cancel-requested', sopInstanceUID, {
    '00741236': element('AE', requestingAE),
    ...taken(given, [...WHY_CANCELED, ...WHO_ASKS]),
  });
}

/** UPS Progress Report. */
function progressReport(sopInstanceUID: string, dataSet: DataSet): DataSet {
  return report('progress', sopInstanceUID, { '00741002': dataSet['00741002'] ?? element('SQ') });
}

/** UPS Assigned; undefined where it is assigned to nobody. */
export function assignedReport(sopInstanceUID: string, dataSet: DataSet): DataSet | undefined {
  const performers = itemsOfElement(dataSet['00404034']);
  const codes = performers.flatMap((performer) => itemsOfElement(performer['00404009']));
  const organizations = performers.flatMap((performer) => performer['00404036']?.Value ?? []);
  const stations = taken(dataSet, ['00404025']);
  if (Object.keys(stations).length === 0 && performers.length === 0) return undefined;
  return report('assigned', sopInstanceUID, {
    ...stations,
    ...(codes.length > 0 ? { '00404009': element('SQ', ...codes) } : {}),
    ...(organizations.length > 0 ? { '00404036': element('LO', ...organizations.slice(0, 1)) } : {}),
  });
}

/** SCP Status Change. Subscriptions and work items are kept, so that both lists start warm. */
export function scpStatusReport(status: 'RESTARTED' | 'GOING DOWN'): DataSet {
  return report('scp-status', GLOBAL_SUBSCRIPTION_UID, {
    '00741242': element('CS', status),
    '00741244': element('CS', 'WARM START'),
    '00741246': element('CS', 'WARM START'),
  });
}

/** What subscribers are told of an update (PS3.4 CC.2.4.3). */
export function reportsOfUpdate(
  sopInstanceUID: string,
  state: ProcedureStepState,
  before: DataSet,
  after: DataSet,
): DataSet[] {
  const changed = (...tags: string[]) => tags.some((tag) => !isDeepStrictEqual(before[tag], after[tag]));
  const reports: DataSet[] = [];
  if (changed('00404041')) reports.push(stateReport(sopInstanceUID, state, after));
  if (changed('00741002')) reports.push(progressReport(sopInstanceUID, after));
  const assigned = changed('00404025', '00404034') && assignedReport(sopInstanceUID, after);
  if (assigned) reports.push(assigned);
  return reports;
}

/** Tells each of `aeTitles` each of `reports`, as the last thing of the transaction. */
export async function tell(
  client: PoolClient,
  aeTitles: readonly string[],
  reports: readonly DataSet[],
): Promise<void> {
  await insertEvents(client, aeTitles, reports.map(stringifyDataSet));
}
