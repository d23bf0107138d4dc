import { ActionIcon, Popover, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import { OwnFocus } from '../components/own-focus.tsx';
import { useWhenText } from '../components/when-text.ts';
import { text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { type DisplaySet, firstInstance } from '../viewport/stacks.ts';
import { togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { isOfStudies, jumpTo } from './jump.ts';
import { type ListSection, listAsText, sectionsOf } from './list-sections.ts';
import { listPanel } from './live-store.ts';
import type { Measurement } from './measurement.ts';
import { askToDelete } from './measurement-actions.ts';
import { ColorRow } from './measurement-menu.tsx';
import { setVisible, useMeasurements } from './measurement-store.ts';
import { changeByReader } from './reader-change.ts';
import { allValues, calibrationText } from './value-text.ts';

function stateOf({ saved }: Measurement): 'saved' | 'changed' | 'unsaved' {
  if (!saved) return 'unsaved';
  return saved.isChanged ? 'changed' : 'saved';
}

function RenameForm(props: { measurement: Measurement; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const { measurement, onDone } = props;
  const [label, setLabel] = useState(measurement.label);
  const done = () => {
    if (label.trim() !== measurement.label) changeByReader(measurement.trackingUID, { label: label.trim() });
    onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
    >
      <TextInput
        size="xs"
        px={6}
        aria-label={t('measuring.label')}
        value={label}
        maxLength={200}
        autoFocus
        onChange={(event) => setLabel(event.currentTarget.value)}
        onBlur={done}
      />
    </form>
  );
}

function Actions(props: { measurement: Measurement; isHidden: boolean; onRename: () => void }): ReactNode {
  const { t } = useTranslation();
  const [isColorOpen, setColorOpen] = useState(false);
  const { measurement, isHidden } = props;
  const { trackingUID } = measurement;
  const button = { variant: 'subtle', color: 'gray', size: 28 } as const;
  return (
    <div className="measurement-actions">
      <ActionIcon
        {...button}
        aria-label={t('measuring.rename')}
        title={t('measuring.rename')}
        onClick={props.onRename}
      >
        <Icon name="text" size={16} />
      </ActionIcon>
      <Popover opened={isColorOpen} onChange={setColorOpen} withinPortal trapFocus>
        <Popover.Target>
          <ActionIcon
            {...button}
            aria-label={t('measuring.color')}
            title={t('measuring.color')}
            onClick={() => setColorOpen(!isColorOpen)}
          >
            <Icon name="palette" size={16} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown p={4}>
          <OwnFocus />
          <ColorRow trackingUID={trackingUID} onChosen={() => setColorOpen(false)} />
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        {...button}
        aria-label={t(isHidden ? 'measuring.show' : 'measuring.hide')}
        title={t(isHidden ? 'measuring.show' : 'measuring.hide')}
        aria-pressed={isHidden}
        onClick={() => setVisible([trackingUID], isHidden)}
      >
        <Icon name={isHidden ? 'hidden' : 'preview'} size={16} />
      </ActionIcon>
      <ActionIcon
        {...button}
        aria-label={t('measuring.delete')}
        title={t('measuring.delete')}
        onClick={() => askToDelete([trackingUID])}
        data-testid="measurement-delete"
      >
        <Icon name="delete" size={16} />
      </ActionIcon>
    </div>
  );
}

function Entry({
  measurement,
  isSelected,
  isHidden,
}: {
  measurement: Measurement;
  isSelected: boolean;
  isHidden: boolean;
}): ReactNode {
  const { t, i18n } = useTranslation();
  const [isRenaming, setRenaming] = useState(false);
  const name = measurement.label || t(`measuring.tool.${measurement.tool}`);
  const state = stateOf(measurement);
  const when = useWhenText();
  const values = [...allValues(measurement, t, i18n.language), calibrationText(measurement, t)].filter(
    Boolean,
  );
  return (
    <li
      className={isSelected ? 'measurement-entry is-selected' : 'measurement-entry'}
      data-testid="measurement-entry"
      data-uid={measurement.trackingUID}
    >
      <button
        type="button"
        className="measurement-jump"
        aria-current={isSelected}
        onClick={() => jumpTo(measurement)}
        data-testid="measurement-jump"
      >
        <span className="measurement-name">
          <span className="measurement-swatch" style={{ background: measurement.color }} />
          {name}
          <span className={state === 'saved' ? 'measurement-state' : 'measurement-state is-unsaved'}>
            {t(`measuring.${state}`)}
          </span>
        </span>
        <span className="measurement-values">{values.join(' · ')}</span>
        <span className="measurement-by">
          {t('measuring.by', {
            author: measurement.author,
            time: when(measurement.createdAt),
          })}
        </span>
      </button>
      {isRenaming ? <RenameForm measurement={measurement} onDone={() => setRenaming(false)} /> : null}
      <Actions measurement={measurement} isHidden={isHidden} onRename={() => setRenaming(true)} />
    </li>
  );
}

function useSectionTitle(sets: readonly DisplaySet[]): (section: ListSection) => string {
  const { t } = useTranslation();
  return ({ seriesInstanceUID, studyInstanceUID }) => {
    const set = sets.find(
      (entry) => entry.seriesInstanceUID === seriesInstanceUID && entry.studyInstanceUID === studyInstanceUID,
    );
    const instance = (set && firstInstance(set)) ?? {};
    return t('measuring.series', {
      number: text(instance, tags.SeriesNumber) ?? '',
      description: text(instance, tags.SeriesDescription) ?? '',
    }).trim();
  };
}

/** All measurements of the open studies, on the screen or not. */
export function MeasurementList(): ReactNode {
  const isOpen = useWorkspace((workspace) => workspace.panel === listPanel);
  return isOpen ? <OpenList /> : null;
}

function OpenList(): ReactNode {
  const { t, i18n } = useTranslation();
  const sets = useWorkspace((workspace) => workspace.displaySets);
  const { measurements, selectedUID, hiddenUIDs } = useMeasurements();
  const [isCopied, setCopied] = useState(false);
  const titleOf = useSectionTitle(sets);
  const sections = sectionsOf(
    measurements.filter((measurement) => isOfStudies(measurement, sets)),
    sets,
  );
  const copy = async () => {
    const lines = listAsText(sections, titleOf, (group) => groupTitle(group), t, i18n.language);
    await navigator.clipboard?.writeText(lines);
    setCopied(true);
  };
  const groupTitle = (group: ListSection['groups'][number]): string => {
    if (group.number === undefined) return t('measuring.plane');
    return group.frame === undefined
      ? t('measuring.image', { number: group.number })
      : t('measuring.frame', { number: group.number, frame: group.frame });
  };
  return (
    <aside className="measurement-list" aria-label={t('measuring.list')} data-testid="measurement-list">
      <div className="measurement-list-head">
        <h2>{t('measuring.list')}</h2>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          disabled={sections.length === 0}
          aria-label={t('measuring.copy')}
          title={t(isCopied ? 'measuring.copied' : 'measuring.copy')}
          onClick={() => void copy()}
          data-testid="measurements-copy"
        >
          <Icon name={isCopied ? 'check' : 'copy'} size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          aria-label={t('measuring.close')}
          onClick={() => togglePanel(listPanel)}
        >
          <Icon name="close" size={18} />
        </ActionIcon>
      </div>
      {sections.length === 0 ? (
        <div className="measurement-values">
          <p>{t('measuring.none')}</p>
          <p>{t('measuring.noneHint')}</p>
        </div>
      ) : null}
      {sections.map((section) => (
        <section key={`${section.studyInstanceUID}/${section.seriesInstanceUID}`}>
          {section.groups.map((group) => (
            <div key={group.key}>
              <h3>
                {titleOf(section)} · {groupTitle(group)}
              </h3>
              <ul>
                {group.measurements.map((measurement) => (
                  <Entry
                    key={measurement.trackingUID}
                    measurement={measurement}
                    isSelected={measurement.trackingUID === selectedUID}
                    isHidden={hiddenUIDs.has(measurement.trackingUID)}
                  />
                ))}
              </ul>
            </div>
          ))}
        </section>
      ))}
    </aside>
  );
}
