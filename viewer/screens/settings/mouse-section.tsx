import { Button, NativeSelect, Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  buttonActions,
  buttonNames,
  changeMouse,
  dragActions,
  type MouseSettings,
  resetMouse,
  useMouseSettings,
  wheelActions,
  wheelNames,
} from '../../preferences/mouse-settings.ts';

function ActionSelect<Name extends keyof MouseSettings>(props: {
  name: Name;
  actions: readonly (MouseSettings[Name] & string)[];
}): ReactNode {
  const { t } = useTranslation();
  const { name, actions } = props;
  const mouse = useMouseSettings();
  return (
    <NativeSelect
      label={t(`settings.mouse.${name}` as 'settings.mouse.middle')}
      value={String(mouse[name])}
      onChange={(event) => {
        const action = actions.find((one) => one === event.currentTarget.value);
        if (action) changeMouse({ [name]: action });
      }}
      data={actions.map((value) => ({
        value,
        label: t(`settings.action.${value}` as 'settings.action.pan'),
      }))}
      data-testid={`mouse-${name}`}
    />
  );
}

/** What buttons and wheel of the mouse do over images. */
export function MouseSection(): ReactNode {
  const { t } = useTranslation();
  const mouse = useMouseSettings();
  return (
    <div className="settings-fields">
      <ActionSelect name="leftTool" actions={dragActions} />
      <div className="settings-grid">
        {buttonNames.map((name) => (
          <ActionSelect key={name} name={name} actions={buttonActions} />
        ))}
        {wheelNames.map((name) => (
          <ActionSelect key={name} name={name} actions={wheelActions} />
        ))}
      </div>
      <Switch
        label={t('settings.mouse.isScrollInverted')}
        checked={mouse.isScrollInverted}
        onChange={(event) => changeMouse({ isScrollInverted: event.currentTarget.checked })}
        data-testid="mouse-isScrollInverted"
      />
      <div>
        <Button variant="default" onClick={resetMouse} data-testid="mouse-reset">
          {t('settings.mouse.reset')}
        </Button>
      </div>
    </div>
  );
}
