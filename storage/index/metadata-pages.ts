import type { Pool } from './pool.ts';

/** A study or, where the series is named, a series of it. */
export interface MetadataScope {
  studyInstanceUID: string;
  seriesInstanceUID?: string | undefined;
}

export interface InstanceMetadata {
  studyInstanceUID: string;
  seriesInstanceUID: string;
  sopInstanceUID: string;
  /** DICOM JSON text; BulkDataURIs are relative to the instance. */
  metadata: string;
}

export interface MetadataPage {
  instances: InstanceMetadata[];
  /** There are no more. */
  isLast: boolean;
}

const PAGE_CHARACTERS = 4 * 1024 * 1024;
const PAGE_ROWS = 5000;

interface MetadataSqlRow {
  instance_pk: string;
  series_pk: string;
  series_instance_uid: string;
  sop_instance_uid: string;
  metadata: string;
  is_end: boolean;
}

/** The key of the study comes from a subquery, so that the planner takes it for a constant, and the order from the index `instance_study`. */
function pageSql(ofSeries: string): string {
  return `SELECT instance_pk, series_pk, series_instance_uid, sop_instance_uid, metadata, is_end FROM (
      SELECT instance_pk, instance.series_pk, series_instance_uid, sop_instance_uid, metadata,
        sum(metadata_length) OVER listed - metadata_length AS characters_before, lead(instance_pk) OVER listed IS NULL AS is_end
      FROM instance JOIN series USING (series_pk)
      WHERE instance.study_pk = (SELECT study_pk FROM study WHERE study_instance_uid = $1) ${ofSeries}
        AND (instance.series_pk, instance_pk) > ($2::bigint, $3::bigint)
      WINDOW listed AS (ORDER BY instance.series_pk, instance_pk ROWS UNBOUNDED PRECEDING)
      ORDER BY instance.series_pk, instance_pk LIMIT ${PAGE_ROWS}
    ) AS page WHERE characters_before < ${PAGE_CHARACTERS} ORDER BY series_pk, instance_pk`;
}

const STUDY = { name: 'metadata-page-of-study', text: pageSql('') };
const SERIES = {
  name: 'metadata-page-of-series',
  text: pageSql(`AND instance.series_pk = (SELECT series_pk FROM study JOIN series USING (study_pk)
        WHERE study_instance_uid = $1 AND series_instance_uid = $4)`),
};

/**
 * The metadata of `scope`, series by series, each page of one moment: a few megabytes at the most, or one instance. No connection is
 * held while the caller works on a page. Where there is nothing, the one page is empty.
 */
export async function* metadataPages(pool: Pool, scope: MetadataScope): AsyncGenerator<MetadataPage> {
  const { studyInstanceUID, seriesInstanceUID } = scope;
  let after = { seriesPk: '0', instancePk: '0' };
  for (;;) {
    const values = [studyInstanceUID, after.seriesPk, after.instancePk];
    const { rows } = await pool.query<MetadataSqlRow>(
      seriesInstanceUID === undefined
        ? { ...STUDY, values }
        : { ...SERIES, values: [...values, seriesInstanceUID] },
    );
    const last = rows.at(-1);
    const isLast = !last || (last.is_end && rows.length < PAGE_ROWS);
    yield { instances: rows.map((row) => toMetadata(studyInstanceUID, row)), isLast };
    if (isLast) return;
    after = { seriesPk: last.series_pk, instancePk: last.instance_pk };
  }
}

function toMetadata(studyInstanceUID: string, row: MetadataSqlRow): InstanceMetadata {
  return {
    studyInstanceUID,
    seriesInstanceUID: row.series_instance_uid,
    sopInstanceUID: row.sop_instance_uid,
    metadata: row.metadata,
  };
}
