import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { type JsonDataSet, text } from '../../dicomweb/data-set.ts';
import { personName } from '../../dicomweb/person-name.ts';
import { tags } from '../../dicomweb/tags.ts';

/** Different people among some instances, by Patient ID and birth date; each as name and ID. */
export function distinctPatients(instances: readonly JsonDataSet[]): string[] {
  const patients = new Map(
    instances.map((instance) => {
      const identity = [tags.PatientID, tags.PatientBirthDate].map((tag) => text(instance, tag) ?? '');
      const name = personName(instance, tags.PatientName) ?? '';
      // Without an ID only the name is left to tell people apart.
      const key = identity[0] ? identity.join('|') : `|${name}`;
      return [key, `${name} (${identity[0]})`] as const;
    }),
  );
  return [...patients.values()];
}

/** A loud warning when the open studies are of more than one patient. */
export function PatientWarning({ instances }: { instances: readonly JsonDataSet[] }): ReactNode {
  const { t } = useTranslation();
  const patients = distinctPatients(instances);
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
