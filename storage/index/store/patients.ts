import type { PoolClient } from '../pool.ts';
import { toColumns } from '../search/column-value.ts';
import { type ArrayColumn, fromArrays } from './array-columns.ts';
import { distinctBy } from './distinct-records.ts';
import { type InstanceStatement, patientIdentity } from './instance-record.ts';

/** Writes the patients that `records` name, as far as they are not there. */
export async function insertPatients(
  client: PoolClient,
  records: readonly InstanceStatement[],
): Promise<void> {
  const patients = distinctBy(records, patientIdentity);
  const codes = (keyword: string) => patients.map((r) => toColumns('code', r.values[keyword] ?? [])[0]);
  const columns: ArrayColumn[] = [
    { name: 'identity', type: 'text', values: patients.map(patientIdentity) },
    { name: 'patient_id', type: 'text', values: codes('PatientID') },
    { name: 'issuer_of_patient_id', type: 'text', values: codes('IssuerOfPatientID') },
  ];
  await client.query({
    name: 'insert-patients',
    text: `INSERT INTO patient (identity, patient_id, issuer_of_patient_id)
      SELECT * FROM ${fromArrays(columns)} ORDER BY t.identity ON CONFLICT (identity) DO NOTHING`,
    values: columns.map(({ values }) => values),
  });
}

/** Removes those of the patients that no study has: a study left them, or a record named them in vain. */
export async function removeUnusedPatients(client: PoolClient, identities: readonly string[]): Promise<void> {
  if (identities.length === 0) return;
  await client.query({
    name: 'remove-unused-patients',
    text: `DELETE FROM patient WHERE identity = ANY($1::text[])
      AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_pk = patient.patient_pk)`,
    values: [identities],
  });
}
