import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/dialog.tsx';
import { text } from '../dicomweb/data-set.ts';
import { formatDate } from '../dicomweb/dates.ts';
import { personName } from '../dicomweb/person-name.ts';
import { tags } from '../dicomweb/tags.ts';
import { firstInstance } from '../viewport/stacks.ts';
import {
  canSave,
  type LeavingScope,
  leaveAnyway,
  saveAndLeave,
  stay,
  unsavedCount,
  useLeaving,
} from '../workspace/leaving.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { isUnsaved, useMeasurements } from './measurement-store.ts';

/** Patient, date and description of the open studies in which something is not saved. */
function useUnsavedStudies(areMarksUnsaved: boolean): string[] {
  const { t } = useTranslation();
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  const measurements = useMeasurements((store) => store.measurements);
  const measured = new Set(measurements.filter(isUnsaved).map(({ placement }) => placement.studyInstanceUID));
  const titles = new Map<string, string>();
  for (const set of displaySets) {
    const instance = firstInstance(set);
    if (!instance || titles.has(set.studyInstanceUID)) continue;
    if (!areMarksUnsaved && !measured.has(set.studyInstanceUID)) continue;
    const facts = [
      personName(instance, tags.PatientName) ?? t('list.noName'),
      formatDate(text(instance, tags.StudyDate)),
      text(instance, tags.StudyDescription),
    ];
    titles.set(set.studyInstanceUID, facts.filter(Boolean).join(' · '));
  }
  return [...titles.values()];
}

function Unsaved({ scope }: { scope: LeavingScope }): ReactNode {
  const { t } = useTranslation();
  const measurements = unsavedCount('measurements', scope);
  const marks = unsavedCount('marks', scope);
  const studies = useUnsavedStudies(marks > 0);
  return (
    <>
      {studies.map((study) => (
        <Text key={study} fw={600} className="selectable" data-testid="leave-study">
          {study}
        </Text>
      ))}
      {measurements > 0 ? (
        <>
          <Text size="sm">{t('measuring.leaveHint', { count: measurements })}</Text>
          <Text size="sm">
            {scope === 'studies' ? t('measuring.leaveHintMore') : t('measuring.leaveHintLost')}
          </Text>
        </>
      ) : null}
      {marks > 0 ? <Text size="sm">{t('measuring.leaveHintMarks')}</Text> : null}
    </>
  );
}

/** Asks whether to leave what is not saved. */
export function LeaveDialog(): ReactNode {
  const { t } = useTranslation();
  const isAsked = useLeaving(({ go }) => go !== undefined);
  const { scope, isSaving } = useLeaving();
  if (!isAsked) return null;
  const maySave = canSave();
  return (
    <Dialog opened centered onClose={stay} title={t('measuring.leaveTitle')}>
      <div data-testid="measuring-leave">
        <Unsaved scope={scope} />
        <Group justify="flex-end" mt="md" gap="sm">
          <Button variant="default" onClick={leaveAnyway} data-testid="measuring-yes">
            {t('measuring.leave')}
          </Button>
          <Button
            variant={maySave ? 'default' : 'filled'}
            data-autofocus={maySave ? undefined : true}
            onClick={stay}
            data-testid="measuring-no"
          >
            {t('measuring.stay')}
          </Button>
          {maySave ? (
            <Button
              data-autofocus
              loading={isSaving}
              onClick={() => void saveAndLeave()}
              data-testid="leave-save"
            >
              {t('measuring.saveAndLeave')}
            </Button>
          ) : null}
        </Group>
      </div>
    </Dialog>
  );
}
