import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import type { JsonDataSet } from '../../dicomweb/data-set.ts';
import { distinctPatients } from '../../dicomweb/patients.ts';

/** A loud warning when the instances, all of the open studies, are of more than one patient. */
export function PatientWarning({ instances }: { instances: readonly JsonDataSet[] }): ReactNode {
  const { t } = useTranslation();
  const patients = useMemo(() => distinctPatients(instances), [instances]);
  if (patients.length < 2) return null;
  return (
    <div className="patient-warning" role="alert" data-testid="patient-warning">
      <Icon name="warning" size={28} />
      <div>
        <strong>{t('viewer.differentPatients')}</strong>
        <div>{t('viewer.differentPatientsHint', { patients: patients.join(', ') })}</div>
      </div>
    </div>
  );
}
