/**
 * What each transaction asks of a work item's attributes: PS3.4 Table CC.2.5-3, its columns for whoever creates (N-CREATE), for
 * whoever updates (N-SET), and for the final state. Attributes that are not in the table may be there.
 */

/** value: with a value; present: may be empty; empty: may be there without a value; free; never. */
export type CreateRule = 'value' | 'present' | 'empty' | 'free' | 'never';
/** kept: never set to nothing, and in each item there; free; never. */
export type UpdateRule = 'kept' | 'free' | 'never';
/** always: in both final states; completed or canceled: in that one; present-completed: there, perhaps empty. */
export type FinalRule = 'always' | 'completed' | 'canceled' | 'present-completed' | 'optional';

export interface Requirement {
  tag: string;
  create: CreateRule;
  update: UpdateRule;
  final: FinalRule;
  /** For each item of the sequence. */
  items: readonly Requirement[];
}

function row(
  tag: string,
  create: CreateRule,
  update: UpdateRule,
  final: FinalRule = 'optional',
  items: readonly Requirement[] = [],
): Requirement {
  return { tag, create, update, final, items };
}

const PATIENT_AND_REQUEST: readonly Requirement[] = [
  row('00100010', 'present', 'never'),
  // 1C: required where the subject must be told; which only the one who creates can know.
  row('00100020', 'free', 'never'),
  row('00100021', 'present', 'never'),
  row('00100024', 'present', 'never'),
  row('00101002', 'present', 'free', 'optional', [
    row('00100020', 'value', 'kept'),
    row('00100021', 'present', 'free'),
    row('00100024', 'present', 'free'),
  ]),
  row('00100030', 'present', 'never'),
  row('00100040', 'present', 'never'),
  row('00100041', 'free', 'never', 'optional', [row('00100044', 'value', 'never')]),
  row('00100043', 'free', 'never', 'optional', [row('00100046', 'value', 'never')]),
  row('00100011', 'free', 'never', 'optional', [row('00100012', 'value', 'never')]),
  row('00100014', 'free', 'never', 'optional', [row('00100015', 'value', 'never')]),
  row('00380010', 'present', 'never'),
  row('00380014', 'present', 'never'),
  row('00081080', 'present', 'never'),
  row('00081084', 'present', 'never'),
  row('0040A370', 'present', 'never', 'optional', [
    row('0020000D', 'value', 'never'),
    row('00080050', 'present', 'never'),
    row('00080051', 'present', 'never'),
    row('00400026', 'present', 'never'),
    row('00400027', 'present', 'never'),
    row('00401001', 'present', 'never'),
    row('00321060', 'present', 'never'),
    row('00321064', 'present', 'never'),
  ]),
  row('00741224', 'free', 'never'),
];

const SCHEDULE: readonly Requirement[] = [
  row('00741200', 'value', 'kept', 'always'),
  row('00741204', 'value', 'kept'),
  // The SCP fills it in.
  row('00741202', 'present', 'kept'),
  row('00741210', 'present', 'free'),
  row('00404025', 'present', 'free'),
  row('00404026', 'present', 'free'),
  row('00404027', 'present', 'free'),
  row('00404034', 'free', 'free', 'optional', [
    row('00404009', 'value', 'kept'),
    row('00404037', 'value', 'kept'),
    row('00404036', 'value', 'kept'),
  ]),
  row('00404005', 'value', 'kept', 'always'),
  row('00404018', 'present', 'free'),
  row('00400400', 'present', 'free'),
  row('00404041', 'value', 'kept', 'always'),
  row('00404021', 'present', 'free'),
];

const PERFORMANCE: readonly Requirement[] = [
  row('00741000', 'value', 'never', 'always'),
  // Empty when it is created, so that leaving it out says the same.
  row('00741002', 'empty', 'free', 'canceled', [
    row('00741008', 'free', 'free', 'optional', [row('0074100A', 'value', 'kept')]),
    row('00404052', 'free', 'free', 'canceled'),
    row('0074100E', 'free', 'free', 'canceled'),
  ]),
  row('00741216', 'empty', 'free', 'completed', [
    row('00404028', 'free', 'free', 'completed'),
    row('00404050', 'free', 'free', 'completed'),
    row('00404019', 'free', 'free', 'completed'),
    row('00404051', 'free', 'free', 'completed'),
    row('00404033', 'free', 'free', 'present-completed'),
  ]),
];

export const REQUIREMENTS: readonly Requirement[] = [
  // The lock: not part of what is kept.
  row('00081195', 'empty', 'never'),
  row('00080016', 'free', 'never', 'always'),
  row('00080018', 'free', 'never', 'always'),
  ...SCHEDULE,
  ...PATIENT_AND_REQUEST,
  ...PERFORMANCE,
];

/** Values that PS3.3 C.30 enumerates. */
export const ENUMERATED: Readonly<Record<string, readonly string[]>> = {
  '00741200': ['HIGH', 'MEDIUM', 'LOW'],
  '00404041': ['INCOMPLETE', 'UNAVAILABLE', 'READY'],
};

/** Return keys of type 1 and 2 of Table CC.2.5-3: what a search answers with unasked. */
export const RETURNED_TAGS: readonly string[] = [
  '00080016',
  '00080018',
  '00081080',
  '00081084',
  '00100010',
  '00100020',
  '00100021',
  '00100024',
  '00100030',
  '00100040',
  '00101002',
  '0020000D',
  '00380010',
  '00380014',
  '00404005',
  '00404018',
  '00404021',
  '00404025',
  '00404026',
  '00404027',
  '00404034',
  '00404041',
  '0040A370',
  '00741000',
  '00741002',
  '00741200',
  '00741202',
  '00741204',
  '00741210',
];
/** 1C and 2C: where they have a value. */
export const RETURNED_IF_KNOWN_TAGS: readonly string[] = ['00080201', '00102000', '001021C0', '00380050'];
