import './help-sheet.css';
import { Button, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type CommandGroupName, type CommandName, commandGroups } from '../../commands/commands.ts';
import { Dialog } from '../../components/dialog.tsx';
import { useKeyNames } from '../../preferences/key-names.ts';
import { useKeySettings } from '../../preferences/key-settings.ts';
import { buttonNames, useMouseSettings, wheelNames } from '../../preferences/mouse-settings.ts';
import { touchGestures } from '../../preferences/touch-gestures.ts';
import { togglePanel, useWorkspace } from '../../workspace/workspace-store.ts';

const groupNames = Object.keys(commandGroups) as CommandGroupName[];

function MouseHelp(): ReactNode {
  const { t } = useTranslation();
  const mouse = useMouseSettings();
  return (
    <dl>
      <div>
        <dt>{t('settings.mouse.left')}</dt>
        <dd>{t('help.leftDrag')}</dd>
      </div>
      {[...buttonNames, ...wheelNames].map((name) => (
        <div key={name}>
          <dt>{t(`settings.mouse.${name}`)}</dt>
          <dd>{t(`settings.action.${mouse[name]}`)}</dd>
        </div>
      ))}
      <div>
        <dt>{t('help.doubleClick')}</dt>
        <dd>{t('command.toggleEnlarged')}</dd>
      </div>
      <div>
        <dt>{t('help.series')}</dt>
        <dd>{t('help.showSeries')}</dd>
      </div>
    </dl>
  );
}

function KeyGroupHelp({ group }: { group: CommandGroupName }): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const names = (Object.keys(commandGroups[group]) as CommandName[]).filter((name) => keyNames(name) !== '');
  if (names.length === 0) return null;
  return (
    <section>
      <Title order={4} size="h6">
        {t(`commandGroup.${group}` as 'commandGroup.tools')}
      </Title>
      <dl>
        {names.map((name) => (
          <div key={name}>
            <dt>
              <kbd>{keyNames(name)}</kbd>
            </dt>
            <dd>{t(`command.${name}` as 'command.fit')}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Every key of the map in force, the mouse as it is set, and touch; to be read or printed. */
export function HelpSheet(): ReactNode {
  const { t } = useTranslation();
  const { map } = useKeySettings();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'help');
  return (
    <Dialog opened={isOpen} onClose={() => togglePanel('help')} title={t('help.title')} size="xl">
      <div className="help-sheet" data-testid="help-sheet">
        <div className="help-actions">
          <Button variant="default" onClick={() => window.print()} data-testid="print-help">
            {t('help.print')}
          </Button>
          <Button variant="default" onClick={() => togglePanel('palette')}>
            {t('command.palette')}
          </Button>
          <Button variant="default" onClick={() => togglePanel('settings')} data-testid="help-settings">
            {t('command.settings')}
          </Button>
        </div>
        <Title order={3} size="h5">
          {t('help.keysOf', { map: t(`settings.keys.maps.${map}`) })}
        </Title>
        <div className="help-groups">
          {groupNames.map((group) => (
            <KeyGroupHelp key={group} group={group} />
          ))}
        </div>
        <Title order={3} size="h5">
          {t('help.mouse')}
        </Title>
        <MouseHelp />
        <Title order={3} size="h5">
          {t('help.touch')}
        </Title>
        <dl>
          {touchGestures.map((name) => (
            <div key={name}>
              <dt>{t(`touch.${name}.gesture`)}</dt>
              <dd>{t(`touch.${name}.action`)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
