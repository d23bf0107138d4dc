import { Button, Menu, Tooltip } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { type CommandContext, type CommandName, isAvailable, runCommand } from '../../commands/commands.ts';
import { keysOf } from '../../commands/key-map.ts';
import { Icon, type IconName } from '../../components/icons.tsx';
import type { DragTool } from '../../viewport/interactions.ts';
import { type CtPresetName, ctPresets } from '../../viewport/window.ts';
import { formatNumber } from './tile-content.ts';
import { type Layout, layouts, setLayout, useViewerStore } from './viewer-store.ts';

const tools: readonly { command: CommandName; tool: DragTool; icon: IconName }[] = [
  { command: 'toolWindow', tool: 'window', icon: 'window' },
  { command: 'toolPan', tool: 'pan', icon: 'pan' },
  { command: 'toolZoom', tool: 'zoom', icon: 'zoom' },
  { command: 'toolScroll', tool: 'scroll', icon: 'scroll' },
];
const actions: readonly { command: CommandName; icon: IconName }[] = [
  { command: 'fit', icon: 'fit' },
  { command: 'invert', icon: 'invert' },
  { command: 'rotateLeft', icon: 'rotateLeft' },
  { command: 'rotateRight', icon: 'rotateRight' },
  { command: 'flipHorizontal', icon: 'flipHorizontal' },
  { command: 'flipVertical', icon: 'flipVertical' },
  { command: 'reset', icon: 'reset' },
];
const ctCommands = {
  softTissue: 'presetSoftTissue',
  lung: 'presetLung',
  bone: 'presetBone',
  brain: 'presetBrain',
  liver: 'presetLiver',
} as const satisfies Record<CtPresetName, CommandName>;

/** Keys of a command as they are written on a keyboard. */
export function useKeyNames(): (command: CommandName) => string {
  const { t, i18n } = useTranslation();
  return (command) =>
    keysOf(command)
      .map((key) => {
        const name = key === ' ' ? 'Space' : key;
        return i18n.exists(`key.${name}`) ? t(`key.${name}` as 'key.Space') : name.toUpperCase();
      })
      .join(', ');
}

function ToolButton(props: {
  command: CommandName;
  icon: IconName;
  context: CommandContext;
  isPressed?: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const { command, context, isPressed } = props;
  const label = t(`command.${command}`);
  const keys = keyNames(command);
  return (
    <Tooltip label={keys ? `${label} (${keys})` : label} openDelay={400}>
      <button
        type="button"
        className={isPressed ? 'tool-button is-pressed' : 'tool-button'}
        aria-label={label}
        aria-pressed={isPressed}
        disabled={!isAvailable(command, context)}
        onClick={() => runCommand(command, context)}
        data-testid={`command-${command}`}
      >
        <Icon name={props.icon} size={22} />
      </button>
    </Tooltip>
  );
}

function WindowMenu({ context }: { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const image = context.controller?.getState().image;
  const headerWindows = image?.windows ?? [];
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          disabled={!isAvailable('headerWindow', context)}
          data-testid="window-menu"
        >
          {t('viewer.windowPresets')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {headerWindows.length < 2 ? (
          <Menu.Item onClick={() => runCommand('headerWindow', context)}>{t('preset.header')}</Menu.Item>
        ) : (
          headerWindows.map((window, index) => (
            <Menu.Item
              // biome-ignore lint/suspicious/noArrayIndexKey: the order of the header is their identity
              key={index}
              rightSection={`${formatNumber(window.width)} / ${formatNumber(window.center)}`}
              onClick={() => context.controller?.setWindow(index === 0 ? undefined : window)}
            >
              {window.explanation ?? t('preset.headerNumbered', { number: index + 1 })}
            </Menu.Item>
          ))
        )}
        {image?.modality === 'CT' ? <Menu.Divider /> : null}
        {image?.modality === 'CT'
          ? ctPresets.map((preset) => (
              <Menu.Item
                key={preset.name}
                rightSection={`${preset.width} / ${preset.center}`}
                onClick={() => runCommand(ctCommands[preset.name], context)}
                data-testid={`preset-${preset.name}`}
              >
                {t(`preset.${preset.name}`)}
              </Menu.Item>
            ))
          : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function LayoutMenu(): ReactNode {
  const { t } = useTranslation();
  const layout = useViewerStore((store) => store.layout);
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name="layout" size={18} />}
          data-testid="layout-menu"
        >
          <span className="visually-hidden">{t('viewer.layout')}</span>
          {layout.replace('x', ' × ')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(layouts) as Layout[]).map((name) => (
          <Menu.Item key={name} onClick={() => setLayout(name)} data-testid={`layout-${name}`}>
            {name.replace('x', ' × ')}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Arrow keys move within the toolbar (WAI-ARIA toolbar pattern); they don't reach the image. */
function moveInToolbar(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

const noSubscription = () => () => {};

export function Toolbar({ context }: { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const leftTool = useViewerStore((store) => store.leftTool);
  const isOverlayShown = useViewerStore((store) => store.isOverlayShown);
  const { controller } = context;
  const state = useSyncExternalStore(controller?.subscribe ?? noSubscription, () => controller?.getState());
  return (
    <div className="toolbar" role="toolbar" aria-label={t('viewer.toolbar')} onKeyDown={moveInToolbar}>
      <div className="tool-group">
        {tools.map(({ command, tool, icon }) => (
          <ToolButton key={command} {...{ command, icon, context }} isPressed={leftTool === tool} />
        ))}
      </div>
      <WindowMenu context={context} />
      <div className="tool-group">
        {actions.map((action) => (
          <ToolButton key={action.command} {...action} context={context} />
        ))}
        <ToolButton
          command="toggleCine"
          icon={state?.playing === undefined ? 'play' : 'pause'}
          context={context}
          isPressed={state?.playing !== undefined}
        />
      </div>
      <div className="tool-group">
        <ToolButton command="previousSeries" icon="previousSeries" context={context} />
        <ToolButton command="nextSeries" icon="nextSeries" context={context} />
      </div>
      <LayoutMenu />
      <div className="tool-group">
        <ToolButton command="toggleOverlay" icon="text" context={context} isPressed={isOverlayShown} />
        <ToolButton command="help" icon="help" context={context} />
      </div>
    </div>
  );
}
