import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { searchForPatient } from '../dicomweb/patient-studies.ts';
import { tags } from '../dicomweb/tags.ts';
import { useComparison } from './comparison-store.ts';
import { describeStudy, otherStudies } from './priors.ts';

/**
 * Finds the other studies of the patient. `header` is an instance of the study that is read; `openUIDs` are the studies of
 * the address, which are not other ones.
 */
export function usePatientStudies(header: JsonDataSet | undefined, openUIDs: readonly string[]): void {
  const patientID = header && text(header, tags.PatientID);
  const { data } = useQuery({
    queryKey: ['patient', patientID],
    queryFn: ({ signal }) => searchForPatient(patientID ?? '', signal),
    enabled: patientID !== undefined,
    staleTime: 60_000,
  });
  useEffect(() => {
    if (!header) return;
    const found = otherStudies(header, openUIDs, data?.studies ?? [], data?.series ?? []);
    useComparison.setState({ ...found, header, current: describeStudy(header, [header]) });
  }, [header, openUIDs, data]);
}
