import './window-menu.css';
import { Button, Menu, NumberInput, Popover } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CommandContext } from '../../commands/command.ts';
import { type CommandName, isAvailable, isPressed, runCommand } from '../../commands/commands.ts';
import { Icon } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import type { VoiChoice } from '../../viewport/grey-display.ts';
import {
  type CtPresetName,
  ctPresets,
  type SuvPresetName,
  suvPresets,
  type Window,
} from '../../viewport/window.ts';
import { formatNumber } from './tile-content.ts';
import { focusActiveViewport } from './viewport-focus.ts';

const presetCommands = {
  softTissue: 'presetSoftTissue',
  lung: 'presetLung',
  bone: 'presetBone',
  brain: 'presetBrain',
  liver: 'presetLiver',
  suv5: 'presetSuv5',
  suv7: 'presetSuv7',
  suv10: 'presetSuv10',
  suv15: 'presetSuv15',
} as const satisfies Record<CtPresetName | SuvPresetName, CommandName>;

const numbersOf = ({ width, center }: { readonly width: number; readonly center: number }) =>
  `${formatNumber(width)} / ${formatNumber(center)}`;

const isSame = (a: Window, b: Window | undefined) =>
  a.center === b?.center && a.width === b.width && a.table === b.table;

/** A window is shown with its numbers; of a table they say nothing. */
function ChoiceItem({ choice, context }: { choice: VoiChoice; context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const window = choice.window();
  const number = choice.index + 1;
  const name = choice.explanation ?? t(`imaging.choice.${choice.kind}`, { number });
  const isShown = isSame(window, context.controller?.window);
  return (
    <Menu.Item
      aria-current={isShown}
      leftSection={isShown ? '✓' : <span className="menu-space" />}
      rightSection={choice.kind === 'table' ? t('imaging.voiLut') : numbersOf(window)}
      onClick={() => {
        focusActiveViewport();
        context.controller?.setWindow(window);
      }}
      data-testid={`voi-${choice.kind}-${choice.index}`}
    >
      {name}
    </Menu.Item>
  );
}

function PresetItems({ context }: { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const image = context.controller?.getState().image;
  const presets = image?.modality === 'CT' ? ctPresets : image?.valueUnit.startsWith('SUV') ? suvPresets : [];
  if (presets.length === 0) return null;
  return (
    <>
      <Menu.Divider />
      {presets.map((preset) => (
        <Menu.Item
          key={preset.name}
          leftSection={<span className="menu-space" />}
          rightSection={numbersOf(preset)}
          onClick={() => {
            focusActiveViewport();
            runCommand(presetCommands[preset.name], context);
          }}
          data-testid={`preset-${preset.name}`}
        >
          {t(
            preset.name.startsWith('suv')
              ? `command.${presetCommands[preset.name]}`
              : `preset.${preset.name as CtPresetName}`,
          )}
        </Menu.Item>
      ))}
    </>
  );
}

/** Width and centre as numbers (WCAG 2.5.7: dragging has an alternative). */
function WindowNumbers({ context }: { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const { controller } = context;
  const shown = controller?.window;
  const [width, setWidth] = useState<number | string>(shown ? Number(formatNumber(shown.width)) : '');
  const [center, setCenter] = useState<number | string>(shown ? Number(formatNumber(shown.center)) : '');
  if (!shown) return null;
  const enter = () => {
    const [entered, middle] = [Number(width), Number(center)];
    if (!(entered > 0) || !Number.isFinite(middle)) return;
    const { explanation: _named, ...kept } = shown;
    controller?.setWindow({ ...kept, width: entered, center: middle });
  };
  return (
    <form
      className="window-numbers"
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <NumberInput
        label={t('imaging.width')}
        value={width}
        onChange={setWidth}
        min={0}
        size="xs"
        hideControls
        data-testid="window-width"
      />
      <NumberInput
        label={t('imaging.center')}
        value={center}
        onChange={setCenter}
        size="xs"
        hideControls
        data-testid="window-center"
      />
      <Button type="submit" size="xs" variant="default" data-testid="window-enter">
        {t('imaging.applyWindow')}
      </Button>
    </form>
  );
}

/** Every way to show the grey values of the active viewport: windows and lookup tables of the header, presets, numbers. */
export function WindowMenu({ context }: { context: CommandContext }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const state = context.controller?.getState();
  const choices = state?.voiChoices ?? [];
  const isClamp = isAvailable('toggleClampToZero', context);
  return (
    <Menu
      position="bottom-start"
      withinPortal
      opened={isOpen}
      onChange={setOpen}
      width={300}
      returnFocus={false}
    >
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          rightSection={<Icon name="nextSeries" size={14} />}
          title={t('layout.windowHint')}
          disabled={!isAvailable('headerWindow', context)}
          data-testid="window-menu"
        >
          {t('viewer.windowPresets')}
        </Button>
      </Menu.Target>
      {/* Not the dropdown of a menu: fields to type in are no items of one. */}
      <Popover.Dropdown aria-label={t('viewer.windowPresets')} className="window-dropdown">
        <OwnFocus />
        <div role="menu" aria-label={t('viewer.windowPresets')} data-menu-dropdown>
          {isOpen
            ? choices.map((choice) => (
                <ChoiceItem key={`${choice.kind}${choice.index}`} choice={choice} context={context} />
              ))
            : null}
          <PresetItems context={context} />
          {isClamp ? <Menu.Divider /> : null}
          {isClamp ? (
            <Menu.Item
              role="menuitemcheckbox"
              aria-checked={isPressed('toggleClampToZero', context)}
              leftSection={isPressed('toggleClampToZero', context) ? '✓' : <span className="menu-space" />}
              onClick={() => {
                focusActiveViewport();
                runCommand('toggleClampToZero', context);
              }}
              data-testid="clamp-to-zero"
            >
              {t('command.toggleClampToZero')}
            </Menu.Item>
          ) : null}
        </div>
        <Menu.Divider />
        {state?.window?.table === undefined ? null : <p className="menu-note">{t('imaging.overTable')}</p>}
        {isOpen ? <WindowNumbers context={context} /> : null}
      </Popover.Dropdown>
    </Menu>
  );
}
