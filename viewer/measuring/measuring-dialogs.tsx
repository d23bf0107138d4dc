import {
  Button,
  Group,
  Menu,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { type FormEvent, type ReactNode, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { SessionContext } from '../components/session-context.ts';
import { setPreference } from '../preferences/preference-store.ts';
import { activeController, useWorkspace } from '../workspace/workspace-store.ts';
import { colorPreference, measuringColors } from './colors.ts';
import { onMeasuringKey } from './keyboard-input.ts';
import { abandon, type Question, useLive } from './live-store.ts';
import { askToDelete, calibrateAndMeasure, unsavedMeasurements } from './measurement-actions.ts';
import {
  changeMeasurement,
  createMeasurement,
  forgetAllMeasurements,
  forgetSavedMeasurements,
  measurementOf,
  removeMeasurements,
  setVisible,
  undo,
  useMeasurements,
} from './measurement-store.ts';
import { type CalibrationScope, forgetCalibrations } from './user-calibration.ts';
import { formatDecimals, labelLines } from './value-text.ts';

const closeQuestion = () => useLive.setState({ question: undefined });

function Dialog(props: { title: string; children: ReactNode; testId: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      centered
      onClose={closeQuestion}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div data-testid={props.testId}>{props.children}</div>
    </Modal>
  );
}

function Choice(props: { yes: string; isDanger?: boolean; onYes: () => void; no?: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group justify="flex-end" mt="md">
      <Button variant="default" onClick={closeQuestion} data-testid="measuring-no">
        {props.no ?? t('measuring.cancel')}
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
    if (!isNew) changeMeasurement(measurement.trackingUID, { label: entered });
    else if (entered !== '' || measurement.tool === 'arrow')
      createMeasurement({ ...measurement, label: entered });
  };
  return (
    <Dialog title={t('measuring.labelTitle')} testId="measuring-label">
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
    </Dialog>
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
    <Dialog title={t('measuring.calibrateTitle')} testId="measuring-calibrate">
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
    </Dialog>
  );
}

function DeleteDialog({ question }: { question: QuestionOf<'delete'> }): ReactNode {
  const { t } = useTranslation();
  const { trackingUIDs } = question;
  return (
    <Dialog title={t('measuring.deleteTitle')} testId="measuring-delete">
      <Text size="sm">{t('measuring.deleteHint', { count: trackingUIDs.length })}</Text>
      <Choice
        yes={t('measuring.delete')}
        isDanger
        onYes={() => {
          removeMeasurements(trackingUIDs);
          closeQuestion();
        }}
      />
    </Dialog>
  );
}

function LeaveDialog({ question }: { question: QuestionOf<'leave'> }): ReactNode {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  return (
    <Dialog title={t('measuring.leaveTitle')} testId="measuring-leave">
      <Text size="sm">{t('measuring.leaveHint', { count: unsavedMeasurements().length })}</Text>
      <Text size="sm">{t('measuring.leaveHintMore')}</Text>
      <Choice
        yes={t('measuring.leave')}
        no={t('measuring.stay')}
        onYes={() => {
          closeQuestion();
          navigate(question.href);
        }}
      />
    </Dialog>
  );
}

function QuestionDialog(): ReactNode {
  const question = useLive((live) => live.question);
  switch (question?.kind) {
    case 'label':
      return <LabelDialog key={question.measurement.trackingUID} question={question} />;
    case 'calibrate':
      return <CalibrateDialog question={question} />;
    case 'delete':
      return <DeleteDialog question={question} />;
    case 'leave':
      return <LeaveDialog question={question} />;
    default:
      return null;
  }
}

/** Choosing a colour is also the choice for what is drawn next. */
export function setColor(trackingUID: string, color: string): void {
  changeMeasurement(trackingUID, { color });
  setPreference(colorPreference, color);
}

function MeasurementMenu(): ReactNode {
  const { t } = useTranslation();
  const menu = useLive((live) => live.menu);
  if (!menu) return null;
  const { trackingUID, left, top } = menu;
  const close = () => useLive.setState({ menu: undefined });
  const rename = () => {
    const measurement = measurementOf(trackingUID);
    if (measurement) useLive.setState({ question: { kind: 'label', measurement, isNew: false } });
  };
  return (
    <Menu opened onClose={close} position="bottom-start" withinPortal trapFocus>
      <Menu.Target>
        <div className="measuring-menu-anchor" style={{ left, top }} />
      </Menu.Target>
      <Menu.Dropdown data-testid="measurement-menu">
        <Menu.Item onClick={rename}>{t('measuring.rename')}</Menu.Item>
        <Menu.Item onClick={() => setVisible([trackingUID], false)}>{t('measuring.hide')}</Menu.Item>
        <Menu.Item
          color="red.4"
          onClick={() => askToDelete([trackingUID])}
          data-testid="measurement-menu-delete"
        >
          {t('measuring.delete')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('measuring.color')}</Menu.Label>
        <ColorRow trackingUID={trackingUID} onChosen={close} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** The colours, each a button. */
export function ColorRow(props: { trackingUID: string; onChosen: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap={2} px={6} pb={4}>
      {measuringColors.map((color, index) => (
        <button
          key={color}
          type="button"
          className="tool-button"
          aria-label={`${t('measuring.color')} ${index + 1}`}
          onClick={() => {
            setColor(props.trackingUID, color);
            props.onChosen();
          }}
        >
          <span className="measurement-swatch" style={{ background: color }} />
        </button>
      ))}
    </Group>
  );
}

/** How long a notice stays, ms: long enough to read it and to reach its button. */
const noticeTime = 8000;

/** Says that a reset took measurements away, and gives them back. */
function RemovedNotice(): ReactNode {
  const { t } = useTranslation();
  const count = useLive((live) => live.removedCount);
  const close = () => useLive.setState({ removedCount: 0 });
  useEffect(() => {
    if (count === 0) return;
    const timer = setTimeout(() => useLive.setState({ removedCount: 0 }), noticeTime);
    return () => clearTimeout(timer);
  }, [count]);
  if (count === 0) return null;
  return (
    <div className="measuring-notice" role="status" data-testid="measurements-removed">
      {t('measuring.removedByReset', { count })}
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          undo();
          close();
        }}
      >
        {t('measuring.undo')}
      </Button>
    </div>
  );
}

/** Tells assistive technology what was measured last. */
function Announcement(): ReactNode {
  const { t, i18n } = useTranslation();
  const selected = useMeasurements((store) =>
    store.measurements.find(({ trackingUID }) => trackingUID === store.selectedUID),
  );
  return (
    <output className="visually-hidden" aria-live="polite" data-testid="measuring-announcement">
      {selected
        ? t('measuring.added', {
            name: t(`measuring.tool.${selected.tool}`),
            values: labelLines(selected, t, i18n.language).join(', '),
          })
        : ''}
    </output>
  );
}

/** Keeps what is not saved from being lost by leaving the page, or by a link to another screen. */
function useLeaveGuard(): void {
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (unsavedMeasurements().length > 0) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      const href = link?.getAttribute('href') ?? '';
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!link || !isPlain || link.getAttribute('target') || !href.startsWith('/')) return;
      if (unsavedMeasurements().length === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      useLive.setState({ question: { kind: 'leave', href } });
    };
    window.addEventListener('beforeunload', onUnload);
    window.addEventListener('click', onClick, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('click', onClick, { capture: true });
    };
  }, []);
}

/** Of whom the measurements in memory are. */
let reader: string | undefined;

/** Names the reader as the author; nothing of one reader is left for the next. */
function useAuthor(): void {
  const { username } = useContext(SessionContext).user;
  useEffect(() => {
    if (reader !== undefined && reader !== username) {
      forgetAllMeasurements();
      forgetCalibrations();
    }
    reader = username;
    useLive.setState({ author: username });
  }, [username]);
}

/** Another tool in hand: what the one before had begun is not meant any more. */
function useToolChange(): void {
  useEffect(
    () =>
      useWorkspace.subscribe((now, before) => {
        if (now.tool !== before.tool) abandon();
      }),
    [],
  );
}

/** What goes with measuring beside the viewports: questions, the menu, notices, keys. Rendered as long as studies are open. */
export function MeasuringDialogs(): ReactNode {
  useAuthor();
  useLeaveGuard();
  useToolChange();
  useEffect(() => {
    window.addEventListener('keydown', onMeasuringKey, { capture: true });
    return () => window.removeEventListener('keydown', onMeasuringKey, { capture: true });
  }, []);
  useEffect(
    () => () => {
      abandon();
      useLive.setState({ question: undefined, menu: undefined, hoveredUID: undefined, removedCount: 0 });
      forgetSavedMeasurements();
    },
    [],
  );
  return (
    <>
      <QuestionDialog />
      <MeasurementMenu />
      <RemovedNotice />
      <Announcement />
    </>
  );
}
