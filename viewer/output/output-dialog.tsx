import './output.css';
import {
  Button,
  Checkbox,
  CloseButton,
  Group,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { type ReactNode, useContext, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icons.tsx';
import { SessionContext } from '../components/session-context.ts';
import { togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { copyPicture, downloadInstance, downloadSeries, downloadStudy, savePicture } from './export.ts';
import { type PictureChoice, type PictureScope, tell, useOutput } from './output-store.ts';
import { printScreen } from './print.ts';

const change = (part: Partial<PictureChoice>): void =>
  useOutput.setState(({ choice }) => ({ choice: { ...choice, ...part } }));

/** What was done, or what is to be copied by hand. */
export function OutputMessages(): ReactNode {
  const { t } = useTranslation();
  const { message, text } = useOutput();
  if (!message) return null;
  return (
    <div className="output-message" role="status" data-testid="output-message">
      <span>{t(`output.${message}`)}</span>
      {text ? (
        <TextInput
          readOnly
          size="xs"
          value={text}
          aria-label={t('output.link')}
          onFocus={(event) => event.currentTarget.select()}
          data-testid="output-link"
        />
      ) : null}
      <CloseButton size="md" aria-label={t('app.close')} onClick={() => tell(undefined)} />
    </div>
  );
}

function Choices({ choice }: { choice: PictureChoice }): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <SegmentedControl
        value={choice.scope}
        onChange={(scope) => change({ scope: scope as PictureScope })}
        aria-label={t('output.scope')}
        transitionDuration={0}
        data={[
          { value: 'viewport', label: t('output.viewport') },
          { value: 'layout', label: t('output.layout') },
        ]}
      />
      <Checkbox
        label={t('output.hasDrawings')}
        checked={choice.hasDrawings}
        onChange={(event) => change({ hasDrawings: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('output.hasTexts')}
        checked={choice.hasTexts}
        onChange={(event) => change({ hasTexts: event.currentTarget.checked })}
        data-testid="output-texts"
      />
      {choice.hasTexts ? null : (
        <Text size="sm" c="yellow.4">
          {t('output.withoutIdentity')}
        </Text>
      )}
    </Stack>
  );
}

/** Print, pictures and files of what is on the screen. */
export function OutputDialog(): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'output');
  const { user } = useContext(SessionContext);
  useEffect(() => useOutput.setState({ userName: user.username }), [user]);
  const choice = useOutput((output) => output.choice);
  const close = () => togglePanel('output');
  return (
    <Dialog opened={isOpen} onClose={close} title={t('output.title')}>
      <Stack data-testid="output-dialog">
        <Choices choice={choice} />
        <Group gap="xs">
          <Button onClick={() => void savePicture('image/png', choice)} data-testid="save-png">
            {t('output.png')}
          </Button>
          <Button
            variant="default"
            onClick={() => void savePicture('image/jpeg', choice)}
            data-testid="save-jpeg"
          >
            {t('output.jpeg')}
          </Button>
          <Button variant="default" onClick={() => void copyPicture()} data-testid="copy-picture">
            {t('output.copy')}
          </Button>
          <Button
            variant="default"
            leftSection={<Icon name="print" size={18} />}
            onClick={() => void printScreen(choice.scope)}
          >
            {t('output.print')}
          </Button>
          {choice.scope === 'layout' ? (
            <Button
              variant="default"
              leftSection={<Icon name="print" size={18} />}
              onClick={() => void printScreen('pages')}
              data-testid="print-pages"
            >
              {t('output.printPages')}
            </Button>
          ) : null}
        </Group>
        <Text size="sm">{t('output.dicom')}</Text>
        <Group gap="xs">
          <Button variant="default" onClick={downloadInstance}>
            {t('output.instance')}
          </Button>
          <Button variant="default" onClick={downloadSeries}>
            {t('output.series')}
          </Button>
          <Button variant="default" onClick={downloadStudy}>
            {t('output.study')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
