import type { DataSet } from '../dicom/data-set.ts';
import type { Report, ReportItem } from './report.ts';
import { referencesOf, type Whereabouts, whereaboutsIn } from './report-references.ts';
import { itemValue } from './report-values.ts';
import {
  codeInWords,
  codeValueOf,
  dateAndTime,
  dateInWords,
  dateTimeInWords,
  itemsAt,
  namesAt,
  textAt,
  textsAt,
} from './words.ts';

/** PS3.3 C.17.3.2.4, as it reads between an item and the one below it. */
const RELATIONSHIPS: Readonly<Record<string, string>> = {
  CONTAINS: '',
  'HAS PROPERTIES': 'property',
  'HAS OBS CONTEXT': 'context',
  'HAS ACQ CONTEXT': 'acquisition',
  'HAS CONCEPT MOD': 'qualifier',
  'INFERRED FROM': 'inferred from',
  'SELECTED FROM': 'selected from',
};

/** True for what has a content tree (PS3.3 C.17.3): structured reports, key object selections, acquisition context. */
export function isReport(dataSet: DataSet): boolean {
  return textAt(dataSet, '0040A040') === 'CONTAINER';
}

/** Reads an SR document (PS3.3 C.17) from its metadata. Nothing that is unknown stops it: it is shown as far as it goes. */
export function readReport(dataSet: DataSet): Report {
  const places = whereaboutsIn(dataSet);
  const root = readItem(dataSet, '1', places);
  return {
    title: root.name || textAt(dataSet, '0008103E') || 'Structured report',
    notices: noticesOf(dataSet),
    facts: factsOf(dataSet),
    items: root.items,
  };
}

function readItem(item: DataSet, position: string, places: Whereabouts): ReportItem {
  const valueType = textAt(item, '0040A040') ?? '';
  const [code] = itemsAt(item, '0040A168');
  const codeValue = valueType === 'CODE' && code ? codeValueOf(code) : undefined;
  // PS3.3 C.17.3.2.5: a relationship by reference names the place of its target in place of a value.
  const target = textsAt(item, '0040DB73');
  return {
    position,
    relationship: relationshipOf(item),
    valueType,
    name: codeInWords(itemsAt(item, '0040A043')[0]) ?? '',
    value: itemValue(item, valueType),
    ...(codeValue === undefined
      ? {}
      : { code: [codeValue, textAt(code as DataSet, '00080102')].filter(Boolean).join(', ') }),
    references: referencesOf(item, valueType, places),
    seeItems: target.length > 0 ? [target.join('.')] : [],
    items: itemsAt(item, '0040A730').map((child, i) => readItem(child, `${position}.${i + 1}`, places)),
  };
}

function relationshipOf(item: DataSet): string {
  const type = textAt(item, '0040A010');
  if (type === undefined) return '';
  return RELATIONSHIPS[type] ?? type.toLowerCase();
}

/** A reader who takes a draft for a report decides wrongly: these come before the content. */
function noticesOf(dataSet: DataSet): string[] {
  const notices: string[] = [];
  if (textAt(dataSet, '0040A491') === 'PARTIAL') notices.push('This report is not complete.');
  if (textAt(dataSet, '0040A496') === 'PRELIMINARY') notices.push('This report is preliminary.');
  if (textAt(dataSet, '0040A493') === 'UNVERIFIED') notices.push('This report is not verified.');
  if (textAt(dataSet, '00120062') === 'YES') notices.push('The identity of the patient has been removed.');
  if (itemsAt(dataSet, '0040A360').length > 0)
    notices.push('This report replaces or continues an earlier one.');
  return notices;
}

function factsOf(dataSet: DataSet): [string, string][] {
  const facts: [string, string | undefined][] = [
    ['Patient', namesAt(dataSet, '00100010')[0]],
    ['Patient ID', textAt(dataSet, '00100020')],
    ['Birth date', wordsAt(dataSet, '00100030', dateInWords)],
    ['Sex', textAt(dataSet, '00100040')],
    ['Study', dateAndTime(textAt(dataSet, '00080020'), textAt(dataSet, '00080030'))],
    ['Study description', textAt(dataSet, '00081030')],
    ['Accession number', textAt(dataSet, '00080050')],
    ['Referring physician', namesAt(dataSet, '00080090')[0]],
    ['Institution', textAt(dataSet, '00080080')],
    ['Report made', dateAndTime(textAt(dataSet, '00080023'), textAt(dataSet, '00080033'))],
    ['Made with', [textAt(dataSet, '00080070'), textAt(dataSet, '00081090')].filter(Boolean).join(' ')],
    ['Completion', statusOf(dataSet, '0040A491', '0040A492')],
    ['Verification', textAt(dataSet, '0040A493')],
  ];
  const people = [
    ...itemsAt(dataSet, '0040A073').map((one): [string, string] => ['Verified by', verifierOf(one)]),
    ...itemsAt(dataSet, '0040A078').map((one): [string, string] => ['Author', authorOf(one)]),
  ];
  return [...facts, ...people].filter((fact): fact is [string, string] => Boolean(fact[1]));
}

function wordsAt(dataSet: DataSet, tag: string, inWords: (text: string) => string): string | undefined {
  const text = textAt(dataSet, tag);
  return text === undefined ? undefined : inWords(text);
}

function statusOf(dataSet: DataSet, flag: string, description: string): string | undefined {
  const [status, words] = [textAt(dataSet, flag), textAt(dataSet, description)];
  return status !== undefined && words !== undefined ? `${status} (${words})` : status;
}

/** PS3.3 C.17.2: Verifying Observer Name, Verifying Organization, Verification DateTime. */
function verifierOf(item: DataSet): string {
  return [namesAt(item, '0040A075')[0], textAt(item, '0040A027'), wordsAt(item, '0040A030', dateTimeInWords)]
    .filter(Boolean)
    .join(', ');
}

/** PS3.3 C.17.2: a person, or a device by its name or UID. */
function authorOf(item: DataSet): string {
  const device = textAt(item, '00081010') ?? textAt(item, '00181002');
  return [namesAt(item, '0040A123')[0] ?? device, textAt(item, '00080080')].filter(Boolean).join(', ');
}
