import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearch } from 'wouter';
import { type CommandContext, runCommand } from '../../commands/commands.ts';
import { commandOfKey } from '../../commands/key-map.ts';
import { NotDiagnosticNotice } from '../../components/brand.tsx';
import { Icon } from '../../components/icons.tsx';
import { Message } from '../../components/message.tsx';
import { personName } from '../../dicomweb/person-name.ts';
import { tags } from '../../dicomweb/tags.ts';
import { clearImages, startEngine } from '../../viewport/engine.ts';
import { type DisplaySet, instancesOf } from '../../viewport/stacks.ts';
import { HelpSheet } from './help-sheet.tsx';
import { type InitialView, initialView } from './initial-view.ts';
import { PatientWarning } from './patient-warning.tsx';
import { SeriesPanel } from './series-panel.tsx';
import { Toolbar } from './toolbar.tsx';
import { type LoadedSeries, useStudies } from './use-studies.ts';
import { readViewerAddress, type ViewerRequest } from './viewer-address.ts';
import {
  layouts,
  resetViewer,
  setLeftTool,
  showDisplaySet,
  stepTile,
  toggleHelp,
  toggleOverlay,
  useViewerStore,
} from './viewer-store.ts';
import { ViewportTile } from './viewport-tile.tsx';

/** What commands may do to this screen; stepping through series goes over `sets`, in the order of the panel. */
function useCommandContext(sets: readonly DisplaySet[]): CommandContext {
  const controller = useViewerStore((store) => store.controllers[store.activeTile]);
  return useMemo(
    () => ({
      controller,
      screen: {
        showSeries: (step) => {
          const { shown, activeTile } = useViewerStore.getState();
          const at = sets.findIndex((set) => set.id === shown[activeTile]);
          const next = sets[at + step];
          if (next) showDisplaySet(next.id);
        },
        activateViewport: stepTile,
        setTool: setLeftTool,
        toggleHelp,
        toggleOverlay,
      },
    }),
    [controller, sets],
  );
}

function useKeys(context: CommandContext): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = commandOfKey(event);
      if (command && runCommand(command, context)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [context]);
}

function Tiles({
  sets,
  series,
  initialIndex,
}: {
  sets: readonly DisplaySet[];
  series: readonly LoadedSeries[];
  initialIndex: (id: string) => number;
}): ReactNode {
  const layout = useViewerStore((store) => store.layout);
  const shown = useViewerStore((store) => store.shown);
  const { rows, columns } = layouts[layout];
  return (
    <main className={`tiles tiles-${layout}`} data-testid="tiles">
      {Array.from({ length: rows * columns }, (_, tile) => {
        const id = shown[tile];
        return (
          <ViewportTile
            // biome-ignore lint/suspicious/noArrayIndexKey: a tile is its place
            key={tile}
            tile={tile}
            set={sets.find((set) => set.id === id)}
            shortfall={series.find((entry) => entry.displaySets?.some((set) => set.id === id))?.shortfall}
            initialIndex={id ? initialIndex(id) : 0}
            isOnlyTile={rows * columns === 1}
          />
        );
      })}
    </main>
  );
}

/** The same array as long as its entries are the same, so that what depends on it runs only when an answer came. */
function useStableList<T>(list: T[]): T[] {
  const latest = useRef(list);
  const isSame =
    list.length === latest.current.length && list.every((entry, at) => entry === latest.current[at]);
  if (!isSame) latest.current = list;
  return latest.current;
}

export function StudyViewer(): ReactNode {
  const search = useSearch();
  // Another address is another session of reading: nothing is carried over.
  return <OpenStudies key={search} request={readViewerAddress(search)} />;
}

function OpenStudies({ request: addressed }: { request: ViewerRequest }): ReactNode {
  const { t } = useTranslation();
  const request = useRef(addressed).current;
  const studies = useStudies(request);
  const series = studies.flatMap((study) => study.series);
  const sets = useStableList(series.flatMap((entry) => entry.displaySets ?? []));
  const opening = initialView(
    series.map(({ displaySets, error }) => ({ displaySets, isFailed: error !== null })),
    studies.every((study) => !study.isPending),
    request.initialSOPInstanceUID,
  );
  const initial = useRef<InitialView>(undefined);
  initial.current ??= opening;
  const isChosen = useViewerStore((store) => store.shown.some((id) => id !== undefined));
  const context = useCommandContext(sets);
  useKeys(context);

  useEffect(() => {
    startEngine();
    resetViewer();
    return () => {
      resetViewer();
      clearImages();
    };
  }, []);

  useEffect(() => {
    if (!isChosen && opening) showDisplaySet(opening.set.id, 0);
  }, [isChosen, opening]);

  const instances = useMemo(() => sets.flatMap(instancesOf), [sets]);
  const patient = instances[0] ? personName(instances[0], tags.PatientName) : undefined;
  useEffect(() => {
    document.title = patient ? t('viewer.documentTitle', { patient }) : t('app.name');
    // The name goes with the patient: the next page, or the next person, has no business with it.
    return () => {
      document.title = t('app.name');
    };
  }, [patient, t]);

  if (request.studyInstanceUIDs.length === 0) {
    return (
      <Message title={t('viewer.noStudies')} hint={t('viewer.noStudiesHint')} isFullPage>
        <Link href="/">{t('app.toStudyList')}</Link>
      </Message>
    );
  }
  return (
    <div className="study-viewer" data-testid="study-viewer">
      <header className="viewer-header">
        <Link href="/" className="back-link" data-testid="back">
          <Icon name="back" />
          {t('viewer.back')}
        </Link>
        <Toolbar context={context} />
        <NotDiagnosticNotice />
      </header>
      <PatientWarning instances={instances} />
      <div className="viewer-body">
        <SeriesPanel studies={studies} />
        <Tiles
          sets={sets}
          series={series}
          initialIndex={(id) => (id === initial.current?.set.id ? initial.current.index : 0)}
        />
      </div>
      <HelpSheet />
    </div>
  );
}
