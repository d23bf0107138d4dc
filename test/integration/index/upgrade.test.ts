import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { expect, inject, it } from 'vitest';
import { migrate } from '../../../storage/index/migrate.ts';
import { createPool } from '../../../storage/index/pool.ts';
import { indexNextPiece } from '../../../storage/index/searchable/index-in-background.ts';
import { dropSchema, freshSchemaName } from '../../support/postgres.ts';
import { find } from './test-index.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../storage/index/migrations', import.meta.url));

it('an archive of before fuzzy matching is searchable by all that came with it', async () => {
  const databaseUrl = inject('databaseUrl');
  const schema = freshSchemaName();
  const pool = createPool({ connection: { connectionString: databaseUrl }, schema }, 4, () => undefined);
  try {
    await runner({
      databaseUrl,
      dir: `${MIGRATIONS}/*.sql`,
      useGlob: true,
      direction: 'up',
      count: 5,
      migrationsTable: 'migration',
      schema: [schema, 'public'],
      migrationsSchema: schema,
      createSchema: true,
      createMigrationsSchema: true,
      // Other tests migrate their schemas of this database at the same moment.
      advisoryLockMode: 'wait',
      log: () => undefined,
    });
    await pool.query("INSERT INTO patient (identity) VALUES ('p')");
    const ids = {
      vr: 'SQ',
      Value: [{ '00100020': { vr: 'LO', Value: ['OLD1'] } }, {}, { '00100020': { vr: 'LO' } }],
    };
    const study = `INSERT INTO study (patient_pk, study_instance_uid, patient_name, patient_name_ideographic, referring_physician_name, attributes)
      SELECT patient_pk, $1, $2, $3, $4, $5 FROM patient`;
    await pool.query(study, ['1.1', 'hoffmann^karl', null, null, { '00101002': ids }]);
    await pool.query(study, ['1.2', null, '山田^太郎', 'house^gregory', { '00101002': { vr: 'SQ' } }]);
    await pool.query(study, ['1.3', null, null, null, {}]);
    await migrate(pool, schema);
    while (await indexNextPiece(pool, () => []));
    const found = async (keyword: string, name: string) =>
      (await find(pool, 'study', { [keyword]: { kind: 'fuzzy', names: [name] } })).rows.map(
        (row) => row.study.studyInstanceUID,
      );
    expect(await found('PatientName', 'carl hofman')).toEqual(['1.1']);
    expect(await found('PatientName', '太')).toEqual(['1.2']);
    expect(await found('ReferringPhysicianName', 'gregory')).toEqual(['1.2']);
    const other = await find(pool, 'study', {
      'OtherPatientIDsSequence.PatientID': { kind: 'any-of', values: ['OLD1'] },
    });
    expect(other.rows.map((row) => row.study.studyInstanceUID)).toEqual(['1.1']);
  } finally {
    await pool.end();
    await dropSchema(databaseUrl, schema);
  }
});
