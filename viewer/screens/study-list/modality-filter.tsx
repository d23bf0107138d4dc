import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { OwnFocus } from '../../components/own-focus.tsx';
import { type FilterProps, toggled } from './study-filter.ts';

/** One click away. */
const usual = ['CT', 'MR', 'CR', 'DX', 'US', 'MG', 'XA', 'RF', 'NM', 'PT'];
/** PS3.3 C.7.3.1.1.1, what archives hold of it. */
const others = [
  'IVUS',
  'OPT',
  'OP',
  'OCT',
  'ES',
  'XC',
  'SM',
  'GM',
  'BMD',
  'IO',
  'PX',
  'ECG',
  'SR',
  'DOC',
  'SEG',
  'PR',
  'KO',
  'REG',
  'ANN',
  'RTSTRUCT',
  'RTPLAN',
  'RTDOSE',
  'RTIMAGE',
  'SC',
  'OT',
];

/** Studies with any of some modalities: the usual ones as chips, the others in a menu. */
export function ModalityFilter({ filter, onChange }: FilterProps): ReactNode {
  const { t } = useTranslation();
  const { modalities } = filter;
  const toggle = (code: string) => onChange({ ...filter, modalities: toggled(modalities, code) });
  const chips = [...usual, ...modalities.filter((code) => !usual.includes(code))];
  return (
    <fieldset className="chips">
      <legend>{t('list.modality')}</legend>
      {chips.map((code) => (
        <button
          key={code}
          type="button"
          className="chip"
          aria-pressed={modalities.includes(code)}
          onClick={() => toggle(code)}
          data-testid={`modality-${code}`}
        >
          {code}
        </button>
      ))}
      <Menu closeOnItemClick={false} shadow="md" position="bottom-start">
        <Menu.Target>
          <button type="button" className="chip" data-testid="more-modalities">
            {t('list.moreModalities')}
          </button>
        </Menu.Target>
        <Menu.Dropdown className="modality-menu">
          <OwnFocus />
          {others.map((code) => (
            <Menu.Item
              key={code}
              role="menuitemcheckbox"
              aria-checked={modalities.includes(code)}
              className={modalities.includes(code) ? 'is-checked' : ''}
              onClick={() => toggle(code)}
            >
              {code}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </fieldset>
  );
}
