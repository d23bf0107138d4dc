import { Menu, Tooltip } from '@mantine/core';
import { memo, type ReactNode, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { CommandContext } from '../../commands/command.ts';
import { isAvailable, isPressed, runCommand } from '../../commands/commands.ts';
import { Icon } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { useComparison } from '../../hanging/comparison-store.ts';
import { useHangingStore } from '../../hanging/hanging-store.ts';
import { useReferenceLines } from '../../linking/reference-store.ts';
import { useLive } from '../../measuring/live-store.ts';
import { useMeasurements } from '../../measuring/measurement-store.ts';
import { useKeyNames } from '../../preferences/key-names.ts';
import { useLinks } from '../../workspace/link-store.ts';
import { useWorkspace } from '../../workspace/workspace-store.ts';
import { LayoutMenu } from './layout-menu.tsx';
import { useRovingFocus } from './roving-focus.ts';
import { type ToolbarEntry, type ToolbarGroup, toolbarGroups } from './toolbar-groups.ts';
import { focusActiveViewport } from './viewport-focus.ts';
import { WindowMenu } from './window-menu.tsx';

function ToolButton(props: ToolbarEntry & { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const { command, context } = props;
  const pressed = isPressed(command, context);
  const label = t(`command.${command}`);
  const keys = keyNames(command);
  return (
    <Tooltip label={keys ? `${label} (${keys})` : label} openDelay={400}>
      <button
        type="button"
        className={pressed ? 'tool-button is-pressed' : 'tool-button'}
        aria-label={label}
        aria-pressed={pressed}
        disabled={!isAvailable(command, context)}
        onClick={() => runCommand(command, context)}
        data-testid={`command-${command}`}
      >
        <Icon name={props.icon} size={22} />
      </button>
    </Tooltip>
  );
}

type EntryGroup = Extract<ToolbarGroup, { readonly entries: unknown }>;

/** The keys of a command, and whether it is switched on. */
function MenuMark(props: { entry: ToolbarEntry; context: CommandContext; keys: string }): ReactNode {
  const { t } = useTranslation();
  const isOn = props.entry.isSwitch && isPressed(props.entry.command, props.context);
  return (
    <span className="menu-mark">
      {isOn ? <span className="menu-on">{t('toolbar.on')}</span> : null}
      {props.keys ? <kbd className="menu-key">{props.keys}</kbd> : null}
    </span>
  );
}

/** What can be chosen in a menu; asked of the commands only while it is open. */
function ToolMenuItems(props: {
  group: EntryGroup;
  context: CommandContext;
  onChoose: (entry: ToolbarEntry) => void;
}): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const { group, context } = props;
  return group.entries.map((entry) => (
    <Menu.Item
      key={entry.command}
      leftSection={<Icon name={entry.icon} size={18} />}
      rightSection={<MenuMark entry={entry} context={context} keys={keyNames(entry.command)} />}
      // Not `disabled`: also in a menu where nothing can be done now the focus must have a place.
      aria-disabled={!isAvailable(entry.command, context)}
      {...(isAvailable(entry.command, context) ? {} : { 'data-disabled': true })}
      closeMenuOnClick={isAvailable(entry.command, context)}
      onClick={() => {
        if (!isAvailable(entry.command, context)) return;
        if (!entry.isSwitch) props.onChoose(entry);
        // Before it runs: what it opens may want the focus.
        focusActiveViewport();
        runCommand(entry.command, context);
      }}
      data-testid={`menu-${entry.command}`}
    >
      {t(`command.${entry.command}`)}
    </Menu.Item>
  ));
}

/** One button for many commands: it does the one chosen last, and lists all of them. */
function ToolMenu({ group, context }: { group: EntryGroup; context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(group.entries[0]);
  const pressed = group.entries.find(({ command, isSwitch }) => !isSwitch && isPressed(command, context));
  // A menu of actions keeps its sign; of tools, the one in hand is shown.
  const shown = group.kind === 'tools' ? (pressed ?? chosen) : group.entries[0];
  const label = t(`toolbar.${group.name}` as 'toolbar.measure');
  return (
    <div className="tool-group">
      {shown ? <ToolButton {...shown} context={context} /> : null}
      {/* The focus goes back to the button with Escape, and to the images with a choice. */}
      <Menu position="bottom-start" withinPortal returnFocus={false}>
        <Menu.Target>
          <button
            type="button"
            className="tool-button tool-more"
            aria-label={label}
            title={label}
            data-testid={`toolbar-${group.name}`}
          >
            <Icon name="nextSeries" size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <OwnFocus />
          <ToolMenuItems group={group} context={context} onChoose={setChosen} />
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** How the commands of a group stand. */
const standingOf = ({ entries }: EntryGroup, context: CommandContext): string =>
  entries.map(({ command }) => `${isPressed(command, context)} ${isAvailable(command, context)}`).join();

/** Rendered anew only when `standing` is another: the toolbar is asked at every image that goes by. */
const CommandGroup = memo(function CommandGroup(props: {
  group: EntryGroup;
  context: CommandContext;
  standing: string;
}): ReactNode {
  const { group, context } = props;
  if (group.kind !== 'buttons') return <ToolMenu group={group} context={context} />;
  return (
    <div className="tool-group">
      {group.entries.map((entry) => (
        <ToolButton key={entry.command} {...entry} context={context} />
      ))}
    </div>
  );
});

const noSubscription = () => () => {};

function ToolGroup({ group, context }: { group: ToolbarGroup; context: CommandContext }): ReactNode {
  if (group.kind === 'special') {
    return group.name === 'window' ? <WindowMenu context={context} /> : <LayoutMenu />;
  }
  return <CommandGroup group={group} context={context} standing={standingOf(group, context)} />;
}

/** Keeps the place of the toolbar until it is there, so that no picture changes its size when it comes. */
export function ToolbarOutline(): ReactNode {
  return <div className="toolbar is-outline" aria-hidden="true" />;
}

export function Toolbar({ context }: { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  // What is pressed and available is asked of the commands; these say when to ask again.
  useWorkspace();
  useLinks();
  useMeasurements();
  useLive((live) => live.areHidden);
  useReferenceLines();
  useComparison();
  useHangingStore();
  const rovingFocus = useRovingFocus();
  const { controller } = context;
  useSyncExternalStore(controller?.subscribe ?? noSubscription, () => controller?.getState());
  return (
    <div className="toolbar" role="toolbar" aria-label={t('viewer.toolbar')} {...rovingFocus}>
      {toolbarGroups.map((group) => (
        <ToolGroup key={group.name} group={group} context={context} />
      ))}
    </div>
  );
}
