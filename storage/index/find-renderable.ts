import {
  AT_SCOPE,
  type InsideSqlRow,
  type InstanceInside,
  type InstanceLocation,
  insideColumns,
  LOCATION_COLUMNS,
  type LocationSqlRow,
  type Scope,
  toInside,
  toLocation,
} from './find-instances.ts';
import type { Pool } from './pool.ts';

/** What decides how instances can be shown. */
export interface RenderableKind {
  sopClassUID: string;
  transferSyntaxUID: string;
  /** It is known where its frames lie. */
  hasFrames: boolean;
}

interface KindSqlRow {
  sop_class_uid: string;
  transfer_syntax_uid: string;
  has_frames: boolean;
}

function toKind(row: KindSqlRow): RenderableKind {
  return {
    sopClassUID: row.sop_class_uid,
    transferSyntaxUID: row.transfer_syntax_uid,
    hasFrames: row.has_frames,
  };
}

/** The kinds that occur in `scope`; none where it holds no instance. */
export async function renderableKindsIn(pool: Pool, scope: Scope): Promise<RenderableKind[]> {
  const { rows } = await pool.query<KindSqlRow>({
    name: 'renderable-kinds-in',
    text: `SELECT DISTINCT sop_class_uid, transfer_syntax_uid, frame_index IS NOT NULL AS has_frames
      FROM study JOIN instance USING (study_pk) JOIN series USING (series_pk)
      WHERE study_instance_uid = $1 AND ($2::text IS NULL OR series_instance_uid = $2) AND ($3::text IS NULL OR sop_instance_uid = $3)`,
    values: [scope.studyInstanceUID, scope.seriesInstanceUID ?? null, scope.sopInstanceUID ?? null],
  });
  return rows.map(toKind);
}

/** The kind of one instance; undefined where it is gone. */
export async function renderableKindOf(pool: Pool, instancePk: string): Promise<RenderableKind | undefined> {
  const { rows } = await pool.query<KindSqlRow>({
    name: 'renderable-kind-of',
    text: `SELECT sop_class_uid, transfer_syntax_uid, frame_index IS NOT NULL AS has_frames FROM instance WHERE instance_pk = $1`,
    values: [instancePk],
  });
  const [row] = rows;
  return row && toKind(row);
}

/** All that a rendering needs to know of an instance. */
export interface Renderable {
  kind: RenderableKind;
  /** DICOM JSON text. */
  metadata: string;
  inside: InstanceInside;
}

interface RenderableSqlRow extends KindSqlRow, InsideSqlRow {
  metadata: string;
}

function toRenderable(row: RenderableSqlRow): Renderable {
  return { kind: toKind(row), metadata: row.metadata, inside: toInside(row) };
}

/** One instance, with `headBytes` of its frame index at most; undefined where it is gone. */
export async function renderableOf(
  pool: Pool,
  instancePk: string,
  headBytes: number,
): Promise<Renderable | undefined> {
  const { rows } = await pool.query<RenderableSqlRow>({
    name: 'renderable-of',
    text: `SELECT sop_class_uid, transfer_syntax_uid, frame_index IS NOT NULL AS has_frames, metadata, ${insideColumns('$2')}
      FROM instance WHERE instance_pk = $1`,
    values: [instancePk, headBytes],
  });
  const [row] = rows;
  return row && toRenderable(row);
}

/** As `renderableOf`, by UIDs and with where it lies. */
export async function renderableAt(
  pool: Pool,
  scope: Required<Scope>,
  headBytes: number,
): Promise<(Renderable & { instance: InstanceLocation }) | undefined> {
  const { rows } = await pool.query<RenderableSqlRow & LocationSqlRow>({
    name: 'renderable-at',
    text: `SELECT ${LOCATION_COLUMNS}, sop_class_uid, frame_index IS NOT NULL AS has_frames, metadata, ${insideColumns('$4')} ${AT_SCOPE}`,
    values: [scope.studyInstanceUID, scope.seriesInstanceUID, scope.sopInstanceUID, headBytes],
  });
  const [row] = rows;
  return row && { instance: toLocation(row), ...toRenderable(row) };
}

/**
 * The SOP Instance UID and series of the instance in the middle of the first series of `scope` that holds instances of `kinds`, by
 * Series Number and Instance Number; undefined where none does.
 */
export async function middleInstanceOf(
  pool: Pool,
  scope: Scope,
  kinds: readonly RenderableKind[],
): Promise<Pick<InstanceLocation, 'seriesInstanceUID' | 'sopInstanceUID'> | undefined> {
  const { rows } = await pool.query<{ series_instance_uid: string; sop_instance_uid: string }>({
    name: 'middle-instance-of',
    text: `WITH wanted AS (
        SELECT series_pk, series_number, series_instance_uid, instance_pk, instance_number, sop_instance_uid
        FROM study JOIN instance USING (study_pk) JOIN series USING (series_pk)
        WHERE study_instance_uid = $1 AND ($2::text IS NULL OR series_instance_uid = $2)
          AND (sop_class_uid, transfer_syntax_uid, frame_index IS NOT NULL)
            IN (SELECT * FROM unnest($3::text[], $4::text[], $5::boolean[]))),
      chosen AS (SELECT series_pk FROM wanted ORDER BY series_number NULLS LAST, series_pk LIMIT 1)
      SELECT series_instance_uid, sop_instance_uid FROM wanted JOIN chosen USING (series_pk)
      ORDER BY instance_number NULLS LAST, instance_pk
      LIMIT 1 OFFSET (SELECT (count(*) - 1) / 2 FROM wanted JOIN chosen USING (series_pk))`,
    values: [
      scope.studyInstanceUID,
      scope.seriesInstanceUID ?? null,
      kinds.map((kind) => kind.sopClassUID),
      kinds.map((kind) => kind.transferSyntaxUID),
      kinds.map((kind) => kind.hasFrames),
    ],
  });
  const [row] = rows;
  return row && { seriesInstanceUID: row.series_instance_uid, sopInstanceUID: row.sop_instance_uid };
}
