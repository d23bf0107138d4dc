import './layout-menu.css';
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import {
  deleteOwnProtocol,
  protocolOfScreen,
  renameOwnProtocol,
  saveOwnProtocol,
  useOwnProtocols,
} from '../../hanging/own-protocols.ts';
import type { HangingProtocol } from '../../hanging/protocol.ts';

function OwnLayout({ protocol }: { protocol: HangingProtocol }): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState(protocol.name ?? '');
  const rename = () => {
    const wanted = name.trim();
    if (wanted !== '' && wanted !== protocol.name) renameOwnProtocol(protocol.id, wanted);
  };
  return (
    <li className="own-layout" data-testid="own-layout">
      <TextInput
        size="xs"
        value={name}
        aria-label={t('layout.rename', { name: protocol.name })}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={rename}
        onKeyDown={(event) => event.key === 'Enter' && rename()}
      />
      <button
        type="button"
        className="tool-button"
        aria-label={t('layout.delete', { name: protocol.name })}
        onClick={() => deleteOwnProtocol(protocol.id)}
        data-testid="own-layout-delete"
      >
        <Icon name="delete" size={18} />
      </button>
    </li>
  );
}

/** The layouts that the reader has made: listed, renamed, deleted. */
export function OwnLayoutList(): ReactNode {
  const { t } = useTranslation();
  const own = useOwnProtocols();
  if (own.length === 0) return <p className="own-hint">{t('layout.none')}</p>;
  return (
    <ul className="own-layouts">
      {own.map((protocol) => (
        <OwnLayout key={protocol.id} protocol={protocol} />
      ))}
    </ul>
  );
}

/** What the layout on the screen is called until the reader says otherwise. */
function useSuggestedName(): (protocol: HangingProtocol) => string {
  const { t } = useTranslation();
  return ({ study, stages }) => {
    const firstOf = (fact: string) => study.find((rule) => rule.fact === fact)?.anyOf?.[0] ?? '';
    const grid = stages[0]?.grid ?? { rows: 1, columns: 1 };
    const words = t('layout.defaultName', {
      modality: firstOf('modality'),
      bodyPart: firstOf('bodyPart'),
      ...grid,
    });
    return words.replace(/\s+/g, ' ').trim();
  };
}

/** Makes what is on the screen the layout of such studies. */
export function OwnLayouts(): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const suggest = useSuggestedName();
  const save = (event: FormEvent) => {
    event.preventDefault();
    const protocol = protocolOfScreen(`own-${Date.now()}`, name.trim());
    if (!protocol) return;
    saveOwnProtocol(protocol.name ? protocol : { ...protocol, name: suggest(protocol) });
    setName('');
  };
  return (
    <section>
      <h2>{t('layout.ownProtocols')}</h2>
      <form className="own-form" onSubmit={save}>
        <TextInput
          size="xs"
          value={name}
          aria-label={t('layout.ownName')}
          placeholder={t('layout.ownName')}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="own-layout-name"
        />
        <Button size="xs" type="submit" title={t('layout.saveOwnHint')} data-testid="own-layout-save">
          {t('layout.saveOwn')}
        </Button>
      </form>
      <OwnLayoutList />
    </section>
  );
}
