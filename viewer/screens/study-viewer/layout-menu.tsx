import './layout-menu.css';
import { Button, Popover } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { chosenMatch, showProtocol, useHangingStore } from '../../hanging/hanging-store.ts';
import type { Match, Reason } from '../../hanging/match.ts';
import { setGrid, useWorkspace } from '../../workspace/workspace-store.ts';
import { GridPicker } from './grid-picker.tsx';
import { OwnLayouts } from './own-layouts.tsx';
import { focusActiveViewport } from './viewport-focus.ts';

/** Names of protocols and of what they ask for. */
function useProtocolTexts(): { nameOf: (match: Match) => string; reasonOf: (reason: Reason) => string } {
  const { t } = useTranslation();
  return {
    nameOf: ({ protocol }) => protocol.name ?? t(`layout.protocol.${protocol.id}` as 'layout.protocol.mg'),
    reasonOf: ({ fact, value, weight }) =>
      t('layout.reason', { fact: t(`layout.fact.${fact}` as 'layout.fact.modality'), value, weight }),
  };
}

/** A protocol that fits, with what speaks for it. */
function Protocol(props: { match: Match; isChosen: boolean; onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { nameOf, reasonOf } = useProtocolTexts();
  const { match, isChosen } = props;
  const reasons = match.reasons.map(reasonOf).join(', ');
  return (
    <li>
      <button
        type="button"
        className={isChosen ? 'protocol is-chosen' : 'protocol'}
        aria-pressed={isChosen}
        title={reasons === '' ? undefined : t('layout.score', { score: match.score, reasons })}
        onClick={props.onChoose}
        data-testid={`protocol-${match.protocol.id}`}
      >
        <span className="protocol-name">
          {nameOf(match)}
          {isChosen ? <span className="shown-mark">{t('layout.chosen')}</span> : null}
        </span>
      </button>
    </li>
  );
}

/** The stages of the chosen protocol, by number. */
function Stages(): ReactNode {
  const { t } = useTranslation();
  const hanging = useHangingStore();
  const match = chosenMatch(hanging);
  if (!match || match.stages.length < 2) return null;
  return (
    <>
      <h2>{t('layout.stages')}</h2>
      <fieldset className="protocol-stages" aria-label={t('layout.stages')}>
        {match.stages.map(({ stage }, index) => (
          <button
            key={stage.id}
            type="button"
            className={index === hanging.stage ? 'protocol-stage is-chosen' : 'protocol-stage'}
            aria-pressed={index === hanging.stage}
            aria-label={t('layout.stage', { number: index + 1, count: match.stages.length })}
            title={t('layout.gridSize', { ...stage.grid })}
            onClick={() => showProtocol(match.protocol.id, index)}
            data-testid={`stage-${index + 1}`}
          >
            {index + 1}
          </button>
        ))}
      </fieldset>
    </>
  );
}

/** Grid, hanging protocols that fit with their reasons, and the reader's own layouts. */
export function LayoutMenu(): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const grid = useWorkspace((workspace) => workspace.grid);
  const { matches, protocolId } = useHangingStore();
  const goOnReading = () => {
    setIsOpen(false);
    focusActiveViewport();
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name="layout" size={18} />}
          rightSection={<Icon name="nextSeries" size={14} />}
          title={t('layout.menuHint')}
          onClick={() => setIsOpen((open) => !open)}
          data-testid="layout-menu"
        >
          <span className="visually-hidden">{t('viewer.layout')}</span>
          {t('layout.gridSize', { ...grid })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="layout-menu" data-testid="layout-dropdown">
        <OwnFocus />
        <h2>{t('layout.grid')}</h2>
        <GridPicker
          grid={grid}
          onChoose={(chosen) => {
            setGrid(chosen);
            goOnReading();
          }}
        />
        {matches.length > 0 ? <h2>{t('layout.protocols')}</h2> : null}
        <ul className="protocols">
          {matches.map((match) => (
            <Protocol
              key={match.protocol.id}
              match={match}
              isChosen={match.protocol.id === protocolId}
              onChoose={() => {
                showProtocol(match.protocol.id);
                goOnReading();
              }}
            />
          ))}
        </ul>
        <Stages />
        <OwnLayouts />
      </Popover.Dropdown>
    </Popover>
  );
}
