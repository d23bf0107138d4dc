import { Modal, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type CommandName, commands } from '../../commands/commands.ts';
import { useKeyNames } from '../../preferences/key-names.ts';
import { togglePanel, useWorkspace } from '../../workspace/workspace-store.ts';

const mouseTexts = ['leftDrag', 'middleDrag', 'rightDrag', 'wheel', 'doubleClick'] as const;

/** Every key and what it does. */
export function HelpSheet(): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'help');
  const names = Object.keys(commands) as CommandName[];
  return (
    <Modal
      opened={isOpen}
      onClose={() => togglePanel('help')}
      title={t('help.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div className="help-sheet" data-testid="help-sheet">
        <Title order={3} size="h5">
          {t('help.mouse')}
        </Title>
        <ul>
          {mouseTexts.map((name) => (
            <li key={name}>{t(`help.${name}`)}</li>
          ))}
        </ul>
        <Title order={3} size="h5">
          {t('help.keys')}
        </Title>
        <dl>
          {names
            .filter((name) => keyNames(name) !== '')
            .map((name) => (
              <div key={name}>
                <dt>
                  <kbd>{keyNames(name)}</kbd>
                </dt>
                <dd>{t(`command.${name}`)}</dd>
              </div>
            ))}
        </dl>
      </div>
    </Modal>
  );
}
