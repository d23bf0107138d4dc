import type { Pool, PoolClient } from './pool.ts';

/** What a retrieval names: a study, a series of it, or an instance of that. */
export interface Scope {
  studyInstanceUID: string;
  seriesInstanceUID?: string | undefined;
  sopInstanceUID?: string | undefined;
}

/** Where an instance lies and how it is encoded. */
export interface InstanceLocation {
  instancePk: string;
  studyInstanceUID: string;
  seriesInstanceUID: string;
  sopInstanceUID: string;
  transferSyntaxUID: string;
  blobKey: string;
  sizeBytes: number;
  metadataLength: number;
  /** SHA-256 of the blob, in hexadecimal digits. */
  digest: string;
  storedAt: Date;
}

const PAGE_ROWS = 500;

/** The columns of `LocationSqlRow`. */
export const LOCATION_COLUMNS = `instance_pk, instance.series_pk, study_instance_uid, series_instance_uid, sop_instance_uid, transfer_syntax_uid,
  blob_key, size_bytes, metadata_length, encode(digest, 'hex') AS digest, instance.created_at`;
/** Of the one instance whose UIDs are the first three parameters. */
export const AT_SCOPE = `FROM study JOIN series USING (study_pk) JOIN instance USING (series_pk)
  WHERE study_instance_uid = $1 AND series_instance_uid = $2 AND sop_instance_uid = $3`;

export interface LocationSqlRow {
  instance_pk: string;
  series_pk: string;
  study_instance_uid: string;
  series_instance_uid: string;
  sop_instance_uid: string;
  transfer_syntax_uid: string;
  blob_key: string;
  size_bytes: string;
  metadata_length: number;
  digest: string;
  created_at: Date;
}

/**
 * The instances of `scope`, series by series, read page by page: no connection is held while the caller works on one.
 * An instance deleted meanwhile may still be listed; one stored meanwhile may be missing.
 */
export async function* instancesIn(pool: Pool, scope: Scope): AsyncGenerator<InstanceLocation> {
  let after = { seriesPk: '0', instancePk: '0' };
  for (;;) {
    const { rows } = await pool.query<LocationSqlRow>({
      name: 'instances-in',
      text: `SELECT ${LOCATION_COLUMNS} FROM study JOIN instance USING (study_pk) JOIN series USING (series_pk)
        WHERE study_instance_uid = $1 AND ($2::text IS NULL OR series_instance_uid = $2) AND ($3::text IS NULL OR sop_instance_uid = $3)
          AND (instance.series_pk, instance_pk) > ($4::bigint, $5::bigint)
        ORDER BY instance.series_pk, instance_pk LIMIT ${PAGE_ROWS}`,
      values: [
        scope.studyInstanceUID,
        scope.seriesInstanceUID ?? null,
        scope.sopInstanceUID ?? null,
        after.seriesPk,
        after.instancePk,
      ],
    });
    for (const row of rows) yield toLocation(row);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ROWS) return;
    after = { seriesPk: last.series_pk, instancePk: last.instance_pk };
  }
}

/** The one instance of `scope`, all of whose UIDs are known; undefined where there is none. */
export async function instanceAt(pool: Pool, scope: Required<Scope>): Promise<InstanceLocation | undefined> {
  const { rows } = await pool.query<LocationSqlRow>({
    name: 'instance-at',
    text: `SELECT ${LOCATION_COLUMNS} ${AT_SCOPE}`,
    values: [scope.studyInstanceUID, scope.seriesInstanceUID, scope.sopInstanceUID],
  });
  const [row] = rows;
  return row && toLocation(row);
}

/** As `instanceAt`, with what `insideOf` tells of it. */
export async function instanceInsideAt(
  pool: Pool,
  scope: Required<Scope>,
  headBytes: number,
): Promise<(InstanceInside & { instance: InstanceLocation }) | undefined> {
  const { rows } = await pool.query<LocationSqlRow & InsideSqlRow>({
    name: 'instance-inside-at',
    text: `SELECT ${LOCATION_COLUMNS}, ${insideColumns('$4')} ${AT_SCOPE}`,
    values: [scope.studyInstanceUID, scope.seriesInstanceUID, scope.sopInstanceUID, headBytes],
  });
  const [row] = rows;
  return row && { instance: toLocation(row), ...toInside(row) };
}

export function toLocation(row: LocationSqlRow): InstanceLocation {
  return {
    instancePk: row.instance_pk,
    studyInstanceUID: row.study_instance_uid,
    seriesInstanceUID: row.series_instance_uid,
    sopInstanceUID: row.sop_instance_uid,
    transferSyntaxUID: row.transfer_syntax_uid,
    blobKey: row.blob_key,
    sizeBytes: Number(row.size_bytes),
    metadataLength: row.metadata_length,
    digest: row.digest,
    storedAt: row.created_at,
  };
}

/** DICOM JSON texts of the instances, by primary key; those deleted meanwhile are missing. */
export async function metadataOf(
  pool: Pick<Pool | PoolClient, 'query'>,
  instancePks: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ instance_pk: string; metadata: string }>({
    name: 'metadata-of',
    text: 'SELECT instance_pk, metadata FROM instance WHERE instance_pk = ANY($1::bigint[])',
    values: [instancePks],
  });
  return new Map(rows.map((row) => [row.instance_pk, row.metadata]));
}

/** What lies inside an instance, as the index keeps it. */
export interface InstanceInside {
  /** The encoded frame index or, of a longer one, its beginning. */
  frameIndex: Uint8Array | null;
  isWhole: boolean;
  bulkData: unknown;
}

export interface InsideSqlRow {
  head: Buffer | null;
  is_whole: boolean;
  bulk_data: unknown;
}

/** The columns of `InsideSqlRow`; `headBytes` names the parameter. */
export function insideColumns(headBytes: string): string {
  return `substring(frame_index FOR ${headBytes}::int) AS head,
    coalesce(octet_length(frame_index) <= ${headBytes}::int, true) AS is_whole, bulk_data`;
}

export function toInside(row: InsideSqlRow): InstanceInside {
  return { frameIndex: row.head, isWhole: row.is_whole, bulkData: row.bulk_data };
}

/** What lies inside one instance, `headBytes` of its frame index at most; undefined where it is gone. */
export async function insideOf(
  pool: Pool,
  instancePk: string,
  headBytes: number,
): Promise<InstanceInside | undefined> {
  const { rows } = await pool.query<InsideSqlRow>({
    name: 'inside-of',
    text: `SELECT ${insideColumns('$2')} FROM instance WHERE instance_pk = $1`,
    values: [instancePk, headBytes],
  });
  const [row] = rows;
  return row && toInside(row);
}

/** Bytes of the encoded frame index of one instance, in the order of `ranges` (0-based); undefined where the instance is gone. */
export async function partsOfFrameIndex(
  pool: Pool,
  instancePk: string,
  ranges: readonly { start: number; endExclusive: number }[],
): Promise<Uint8Array[] | undefined> {
  const { rows } = await pool.query<{ part: Buffer }>({
    name: 'parts-of-frame-index',
    text: `SELECT substring(frame_index FROM wanted.start + 1 FOR wanted.length) AS part
      FROM instance, unnest($2::int[], $3::int[]) WITH ORDINALITY AS wanted (start, length, nth)
      WHERE instance_pk = $1 ORDER BY nth`,
    values: [
      instancePk,
      ranges.map(({ start }) => start),
      ranges.map(({ start, endExclusive }) => endExclusive - start),
    ],
  });
  return rows.length === ranges.length ? rows.map(({ part }) => part) : undefined;
}

/** Which of `blobKeys` a row refers to. */
export async function knownBlobKeys(pool: Pool, blobKeys: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ blob_key: string }>(
    `SELECT blob_key FROM instance WHERE blob_key = ANY($1::text[])
      UNION ALL SELECT blob_key FROM instance_version WHERE blob_key = ANY($1::text[])`,
    [blobKeys],
  );
  return new Set(rows.map(({ blob_key }) => blob_key));
}

export interface BlobReference {
  blobKey: string;
  sizeBytes: number;
  /** SHA-256. */
  digest: Uint8Array;
  sopInstanceUID: string;
}

/** Every blob that a row refers to, in the order of storing; then those of earlier versions. */
export async function* allBlobs(pool: Pool): AsyncGenerator<BlobReference> {
  yield* blobsOf(pool, 'instance', 'instance_pk');
  yield* blobsOf(pool, 'instance_version', 'instance_version_pk');
}

async function* blobsOf(
  pool: Pool,
  table: 'instance' | 'instance_version',
  pk: 'instance_pk' | 'instance_version_pk',
): AsyncGenerator<BlobReference> {
  let after = '0';
  for (;;) {
    const { rows } = await pool.query<{
      pk: string;
      blob_key: string;
      size_bytes: string;
      digest: Buffer;
      sop_instance_uid: string;
    }>(
      `SELECT ${pk} AS pk, blob_key, size_bytes, digest, sop_instance_uid FROM ${table}
        WHERE ${pk} > $1::bigint ORDER BY ${pk} LIMIT ${PAGE_ROWS}`,
      [after],
    );
    for (const row of rows) {
      yield {
        blobKey: row.blob_key,
        sizeBytes: Number(row.size_bytes),
        digest: row.digest,
        sopInstanceUID: row.sop_instance_uid,
      };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.pk;
  }
}

/** The transfer syntaxes that occur in `scope`; none where it holds no instance. */
export async function transferSyntaxesIn(pool: Pool, scope: Scope): Promise<string[]> {
  const { rows } = await pool.query<{ transfer_syntax_uid: string }>({
    name: 'transfer-syntaxes-in',
    text: `SELECT DISTINCT transfer_syntax_uid FROM study JOIN instance USING (study_pk) JOIN series USING (series_pk)
      WHERE study_instance_uid = $1 AND ($2::text IS NULL OR series_instance_uid = $2) AND ($3::text IS NULL OR sop_instance_uid = $3)`,
    values: [scope.studyInstanceUID, scope.seriesInstanceUID ?? null, scope.sopInstanceUID ?? null],
  });
  return rows.map((row) => row.transfer_syntax_uid);
}
