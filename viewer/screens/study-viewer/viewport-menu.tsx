import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { type CommandName, isAvailable, isPressed, runCommand } from '../../commands/commands.ts';
import { Icon, type IconName } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { useKeyNames } from '../../preferences/key-names.ts';
import { activateTile, activeController, useWorkspace } from '../../workspace/workspace-store.ts';
import { focusActiveViewport } from './viewport-focus.ts';

interface MenuPlace {
  readonly left: number;
  readonly top: number;
}

const useMenu = create<{ readonly place: MenuPlace | undefined }>(() => ({ place: undefined }));

/** Opens the menu of a tile at a place of the page (CSS pixels), and makes that tile active. */
export function openViewportMenu(tile: number, place: { clientX: number; clientY: number }): void {
  activateTile(tile);
  useMenu.setState({ place: { left: place.clientX, top: place.clientY } });
}

const close = () => useMenu.setState({ place: undefined });

/** What is wanted most often without a keyboard at hand; the last entry leads to everything else. */
const entries: readonly (readonly { readonly command: CommandName; readonly icon: IconName }[])[] = [
  [
    { command: 'toolWindow', icon: 'window' },
    { command: 'toolPan', icon: 'pan' },
    { command: 'toolZoom', icon: 'zoom' },
    { command: 'toolScroll', icon: 'scroll' },
  ],
  [
    { command: 'fit', icon: 'fit' },
    { command: 'invert', icon: 'invert' },
    { command: 'reset', icon: 'reset' },
    { command: 'toggleEnlarged', icon: 'fit' },
  ],
  [{ command: 'palette', icon: 'commands' }],
];

function Entry({ command, icon }: { command: CommandName; icon: IconName }): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const context = { controller: useWorkspace(activeController) };
  return (
    <Menu.Item
      leftSection={<Icon name={icon} size={18} />}
      rightSection={<kbd className="menu-key">{keyNames(command)}</kbd>}
      aria-disabled={!isAvailable(command, context)}
      {...(isAvailable(command, context) ? {} : { 'data-disabled': true })}
      closeMenuOnClick={isAvailable(command, context)}
      aria-current={isPressed(command, context)}
      onClick={() => {
        // Before it runs: what it opens may want the focus.
        focusActiveViewport();
        runCommand(command, context);
      }}
      data-testid={`viewport-menu-${command}`}
    >
      {t(`command.${command}`)}
    </Menu.Item>
  );
}

/** The menu of a viewport, where it was clicked with the right button or pressed long. */
export function ViewportMenu(): ReactNode {
  const { t } = useTranslation();
  const place = useMenu((menu) => menu.place);
  if (!place) return null;
  return (
    <Menu opened onClose={close} position="bottom-start" withinPortal returnFocus={false}>
      <Menu.Target>
        <button
          type="button"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={t('viewer.viewportMenu')}
          style={{ position: 'fixed', ...place }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('viewer.viewportMenu')} data-testid="viewport-menu">
        <OwnFocus onLost={focusActiveViewport} />
        {entries.map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups stay where they are
          <div key={at} role="none">
            {at > 0 ? <Menu.Divider /> : null}
            {group.map((entry) => (
              <Entry key={entry.command} {...entry} />
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
