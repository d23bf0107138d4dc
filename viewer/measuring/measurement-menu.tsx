import { Group, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { OwnFocus } from '../components/own-focus.tsx';
import { setPreference } from '../preferences/preference-store.ts';
import { colorPreference, measuringColors } from './colors.ts';
import { useLive } from './live-store.ts';
import { askToDelete } from './measurement-actions.ts';
import { measurementOf, setVisible } from './measurement-store.ts';
import { changeByReader } from './reader-change.ts';

/** Choosing a colour is also the choice for what is drawn next. */
function setColor(trackingUID: string, color: string): void {
  changeByReader(trackingUID, { color });
  setPreference(colorPreference, color);
}

/** What can be done with the measurement under the pointer. */
export function MeasurementMenu(): ReactNode {
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
    <Menu opened onClose={close} position="bottom-start" withinPortal trapFocus returnFocus={false}>
      <Menu.Target>
        <div className="measuring-menu-anchor" style={{ left, top }} />
      </Menu.Target>
      <Menu.Dropdown data-testid="measurement-menu">
        <OwnFocus />
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
