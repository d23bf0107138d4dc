import { Button, Group, NumberInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/dialog.tsx';
import { activeController } from '../workspace/workspace-store.ts';
import { type Question, useLive } from './live-store.ts';
import { calibrateAndMeasure } from './measurement-actions.ts';
import { createMeasurement, removeMeasurements } from './measurement-store.ts';
import { changeByReader } from './reader-change.ts';
import type { CalibrationScope } from './user-calibration.ts';
import { formatDecimals } from './value-text.ts';

const closeQuestion = () => useLive.setState({ question: undefined });

function QuestionFrame(props: { title: string; children: ReactNode; testId: string }): ReactNode {
  return (
    <Dialog opened centered onClose={closeQuestion} title={props.title}>
      <div data-testid={props.testId}>{props.children}</div>
    </Dialog>
  );
}

function Choice(props: { yes: string; isDanger?: boolean; onYes: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group justify="flex-end" mt="md">
      <Button variant="default" onClick={closeQuestion} data-testid="measuring-no">
        {t('measuring.cancel')}
      </Button>
      <Button color={props.isDanger ? 'red' : 'blue'} onClick={props.onYes} data-testid="measuring-yes">
        {props.yes}
      </Button>
    </Group>
  );
}

type QuestionOf<K extends Question['kind']> = Extract<Question, { kind: K }>;

/** The text of an arrow, of a text, or the name of any measurement. A text without text is none. */
function LabelDialog({ question }: { question: QuestionOf<'label'> }): ReactNode {
  const { t } = useTranslation();
  const { measurement, isNew } = question;
  const [label, setLabel] = useState(measurement.label);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const entered = label.trim();
    closeQuestion();
    if (!isNew) {
      if (entered !== measurement.label) changeByReader(measurement.trackingUID, { label: entered });
    } else if (entered !== '' || measurement.tool === 'arrow')
      createMeasurement({ ...measurement, label: entered });
  };
  return (
    <QuestionFrame title={t('measuring.labelTitle')} testId="measuring-label">
      <form onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t('measuring.label')}
          value={label}
          maxLength={200}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={closeQuestion}>
            {t('measuring.cancel')}
          </Button>
          <Button type="submit" data-testid="measuring-yes">
            {t('measuring.ok')}
          </Button>
        </Group>
      </form>
    </QuestionFrame>
  );
}

function CalibrateDialog({ question }: { question: QuestionOf<'calibrate'> }): ReactNode {
  const { t, i18n } = useTranslation();
  const { image, length } = question;
  const [entered, setEntered] = useState<number | string>('');
  const [scope, setScope] = useState<CalibrationScope>('image');
  const unit = image.spacing.kind === 'none' ? 'px' : 'mm';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const millimetres = Number(entered);
    if (!(millimetres > 0)) return;
    const images = activeController()?.getState().stack?.images ?? [image];
    calibrateAndMeasure(image, images, scope, length, millimetres);
    closeQuestion();
  };
  return (
    <QuestionFrame title={t('measuring.calibrateTitle')} testId="measuring-calibrate">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {t('measuring.calibrateHint', {
              length: `${formatDecimals(length, 1, i18n.language)} ${unit}`,
            })}
          </Text>
          {image.spacing.kind === 'patient' ? (
            <Text size="sm" c="yellow.3" role="alert">
              {t('measuring.patientSpacingWarning')}
            </Text>
          ) : null}
          <NumberInput
            data-autofocus
            label={t('measuring.calibrateLength')}
            value={entered}
            onChange={setEntered}
            min={0.1}
            max={10_000}
            decimalScale={2}
            decimalSeparator={(1.5).toLocaleString(i18n.language).slice(1, 2)}
          />
          <div>
            <Text size="sm" id="calibrate-scope">
              {t('measuring.calibrateScope')}
            </Text>
            <SegmentedControl
              aria-labelledby="calibrate-scope"
              value={scope}
              onChange={(value) => setScope(value === 'series' ? 'series' : 'image')}
              data={[
                { value: 'image', label: t('measuring.scopeImage') },
                { value: 'series', label: t('measuring.scopeSeries') },
              ]}
            />
          </div>
        </Stack>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={closeQuestion}>
            {t('measuring.cancel')}
          </Button>
          <Button type="submit" disabled={!(Number(entered) > 0)} data-testid="measuring-yes">
            {t('measuring.calibrate')}
          </Button>
        </Group>
      </form>
    </QuestionFrame>
  );
}

function DeleteDialog({ question }: { question: QuestionOf<'delete'> }): ReactNode {
  const { t } = useTranslation();
  const { trackingUIDs } = question;
  return (
    <QuestionFrame title={t('measuring.deleteTitle')} testId="measuring-delete">
      <Text size="sm">{t('measuring.deleteHint', { count: trackingUIDs.length })}</Text>
      <Choice
        yes={t('measuring.delete')}
        isDanger
        onYes={() => {
          removeMeasurements(trackingUIDs);
          closeQuestion();
        }}
      />
    </QuestionFrame>
  );
}

/** What the reader is asked at the moment, if anything. */
export function QuestionDialog(): ReactNode {
  const question = useLive((live) => live.question);
  switch (question?.kind) {
    case 'label':
      return <LabelDialog key={question.measurement.trackingUID} question={question} />;
    case 'calibrate':
      return <CalibrateDialog question={question} />;
    case 'delete':
      return <DeleteDialog question={question} />;
    default:
      return null;
  }
}
