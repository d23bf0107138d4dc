import type { SortKey } from './study-filter.ts';

/** A column of the list: its text is `list.KEY`, its width in CSS pixels. */
export interface ColumnKind {
  readonly key: string;
  readonly sort: SortKey;
  readonly width: number;
  /** Shown to whoever has not chosen columns. */
  readonly isUsual: boolean;
  readonly isNumber?: boolean;
}

/** Who it is comes first. */
export const columnKinds = [
  { key: 'name', sort: 'PatientName', width: 210, isUsual: true },
  { key: 'patientID', sort: 'PatientID', width: 120, isUsual: true },
  { key: 'birthDate', sort: 'PatientBirthDate', width: 108, isUsual: true },
  { key: 'sex', sort: 'PatientSex', width: 58, isUsual: true },
  { key: 'date', sort: 'StudyDate', width: 150, isUsual: true },
  { key: 'modality', sort: 'ModalitiesInStudy', width: 96, isUsual: true },
  { key: 'status', sort: 'StudyStatusID', width: 108, isUsual: true },
  { key: 'description', sort: 'StudyDescription', width: 210, isUsual: true },
  { key: 'accession', sort: 'AccessionNumber', width: 130, isUsual: true },
  { key: 'referringPhysician', sort: 'ReferringPhysicianName', width: 160, isUsual: false },
  { key: 'studyID', sort: 'StudyID', width: 100, isUsual: false },
  { key: 'series', sort: 'NumberOfStudyRelatedSeries', width: 78, isUsual: true, isNumber: true },
  { key: 'images', sort: 'NumberOfStudyRelatedInstances', width: 86, isUsual: true, isNumber: true },
] as const satisfies readonly ColumnKind[];

export type ColumnKey = (typeof columnKinds)[number]['key'];

/** One column as the reader has it. */
export interface Column {
  readonly key: ColumnKey;
  readonly width: number;
  readonly isShown: boolean;
}

export const narrowestColumn = 48;
export const widestColumn = 900;

export const usualColumns: readonly Column[] = columnKinds.map(({ key, width, isUsual }) => ({
  key,
  width,
  isShown: isUsual,
}));

export function columnKind(key: ColumnKey): ColumnKind {
  const kind = columnKinds.find((one) => one.key === key);
  if (!kind) throw new Error(`there is no column ${key}`);
  return kind;
}

function widthWithin(width: number): number {
  return Math.round(Math.min(widestColumn, Math.max(narrowestColumn, width)));
}

/**
 * Columns as a preference holds them: unknown ones are left out, new ones come at the end, hidden unless usual. Whose study it is
 * can't be hidden.
 */
export function parseColumns(value: unknown): readonly Column[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = value.flatMap((entry): Column[] => {
    const { key, width, isShown } = (typeof entry === 'object' && entry !== null ? entry : {}) as Partial<
      Record<keyof Column, unknown>
    >;
    const kind = columnKinds.find((one) => one.key === key);
    if (!kind) return [];
    return [
      {
        key: kind.key,
        width: typeof width === 'number' && Number.isFinite(width) ? widthWithin(width) : kind.width,
        isShown: isShown === true || kind.key === 'name',
      },
    ];
  });
  const unique = known.filter((column, at) => known.findIndex(({ key }) => key === column.key) === at);
  const missing = usualColumns.filter(({ key }) => !unique.some((column) => column.key === key));
  return unique.length > 0 ? [...unique, ...missing] : undefined;
}

export function withWidth(columns: readonly Column[], key: ColumnKey, width: number): readonly Column[] {
  return columns.map((column) => (column.key === key ? { ...column, width: widthWithin(width) } : column));
}

export function withShown(columns: readonly Column[], key: ColumnKey, isShown: boolean): readonly Column[] {
  return columns.map((column) =>
    column.key === key ? { ...column, isShown: isShown || key === 'name' } : column,
  );
}

/** The column `key` one place earlier (-1) or later (1). */
export function withMoved(columns: readonly Column[], key: ColumnKey, by: -1 | 1): readonly Column[] {
  const at = columns.findIndex((column) => column.key === key);
  const [column, other] = [columns[at], columns[at + by]];
  if (!column || !other) return columns;
  return columns.map((one, index) => (index === at ? other : index === at + by ? column : one));
}
