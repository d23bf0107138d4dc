import './command-palette.css';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type CommandGroupName,
  type CommandName,
  commandGroups,
  isAvailable,
  isPressed,
  runCommand,
} from '../../commands/commands.ts';
import { fuzzyScore } from '../../commands/fuzzy-match.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icons.tsx';
import { useKeyNames } from '../../preferences/key-names.ts';
import { activeController, togglePanel, useWorkspace } from '../../workspace/workspace-store.ts';

interface PaletteEntry {
  readonly command: CommandName;
  readonly name: string;
  readonly group: string;
}

/** All commands but the palette itself, as they are called in the language of the page. */
function useEntries(): PaletteEntry[] {
  const { t } = useTranslation();
  return (Object.keys(commandGroups) as CommandGroupName[]).flatMap((group) =>
    (Object.keys(commandGroups[group]) as CommandName[])
      .filter((command) => command !== 'palette')
      .map((command) => ({
        command,
        name: t(`command.${command}` as 'command.fit'),
        group: t(`commandGroup.${group}` as 'commandGroup.tools'),
      })),
  );
}

/** Those that fit what is typed, the best first; without anything typed all, in the order of their groups. */
function fitting(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  return entries
    .map((entry) => ({
      entry,
      score: Math.max(fuzzyScore(query, entry.name), fuzzyScore(query, `${entry.group} ${entry.name}`) / 2),
    }))
    .filter(({ score }) => score > 0.5)
    .sort((a, b) => (query.trim() === '' ? 0 : b.score - a.score))
    .map(({ entry }) => entry);
}

function PaletteBody({ onRun }: { onRun: (command: CommandName) => void }): ReactNode {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const context = { controller: useWorkspace(activeController) };
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = fitting(useEntries(), query);
  const chosen = entries[at];
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView?.({ block: 'nearest' });
  }, [at]);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (steps !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(entries.length - 1, at + steps)));
    } else if (event.key === 'Enter' && chosen && isAvailable(chosen.command, context)) {
      event.preventDefault();
      onRun(chosen.command);
    }
  };
  return (
    <div className="palette" data-testid="palette">
      <input
        className="palette-input"
        role="combobox"
        aria-label={t('palette.search')}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={chosen ? `palette-${chosen.command}` : undefined}
        aria-autocomplete="list"
        placeholder={t('palette.search')}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        data-testid="palette-input"
      />
      <div
        className="palette-list"
        id="palette-list"
        role="listbox"
        tabIndex={-1}
        aria-label={t('palette.commands')}
        ref={list}
      >
        {entries.map(({ command, name, group }, index) => {
          const canRun = isAvailable(command, context);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the combobox, which has the focus
            <div
              key={command}
              id={`palette-${command}`}
              className={index === at ? 'palette-entry is-chosen' : 'palette-entry'}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              aria-disabled={!canRun}
              onClick={() => canRun && onRun(command)}
              onMouseMove={() => setAt(index)}
              data-testid={`palette-${command}`}
            >
              <span className="palette-check" aria-hidden="true">
                {isPressed(command, context) ? <Icon name="check" size={16} /> : null}
              </span>
              <span className="palette-name">{name}</span>
              <span className="palette-group">{group}</span>
              <kbd>{keyNames(command)}</kbd>
            </div>
          );
        })}
      </div>
      <p className="palette-count" role="status">
        {entries.length === 0 ? t('palette.none') : t('palette.count', { count: entries.length })}
      </p>
    </div>
  );
}

/** Every command by name, with its key: type, choose, run. */
export function CommandPalette(): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'palette');
  const close = () => togglePanel('palette');
  const run = (command: CommandName) => {
    close();
    runCommand(command, { controller: activeController() });
  };
  return (
    <Dialog opened={isOpen} onClose={close} title={t('palette.title')} size="lg" yOffset="8vh">
      <PaletteBody onRun={run} />
    </Dialog>
  );
}
