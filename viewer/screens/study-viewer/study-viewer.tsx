import './study-viewer.css';
import './small-screens.css';
import './cursors.css';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearch } from 'wouter';
import type { CommandContext } from '../../commands/command.ts';
import { isPressed, runCommand } from '../../commands/commands.ts';
import { commandOfKey } from '../../commands/key-map.ts';
import { Icon } from '../../components/icons.tsx';
import { Message } from '../../components/message.tsx';
import { isModalOpen } from '../../components/own-focus.tsx';
import { personName } from '../../dicomweb/person-name.ts';
import { tags } from '../../dicomweb/tags.ts';
import { useComparison } from '../../hanging/comparison-store.ts';
import { newestStudy } from '../../hanging/priors.ts';
import { useHanging } from '../../hanging/use-hanging.ts';
import { usePatientStudies } from '../../hanging/use-patient-studies.ts';
import { getKeyMap } from '../../preferences/key-settings.ts';
import { useReaderDefaults } from '../../preferences/reader-defaults.ts';
import { canDraw, clearImages } from '../../viewport/engine.ts';
import { instancesOf } from '../../viewport/stacks.ts';
import { readViewerAddress, type ViewerRequest } from '../../workspace/viewer-address.ts';
import {
  activeController,
  setDisplaySets,
  showDisplaySet,
  useWorkspace,
  type Workspace,
} from '../../workspace/workspace-store.ts';
import { listAddress } from '../study-list/list-place.ts';
import { Announcer } from './announcer.tsx';
import { type InitialView, initialView } from './initial-view.ts';
import { Dialogs, SidePanels } from './panels.tsx';
import { PatientWarning } from './patient-warning.tsx';
import { SeriesPanel } from './series-panel.tsx';
import { Toolbar, ToolbarOutline } from './toolbar.tsx';
import { resetDesk, useCleanDesk } from './use-clean-desk.ts';
import { useIsDeskReady } from './use-is-desk-ready.ts';
import { useMarkOpened } from './use-mark-opened.ts';
import { useReadAhead } from './use-read-ahead.ts';
import { type LoadedSeries, useStudies } from './use-studies.ts';
import { ViewerFooter } from './viewer-footer.tsx';
import { ViewportTile } from './viewport-tile.tsx';

function useCommandContext(): CommandContext {
  const controller = useWorkspace(activeController);
  return useMemo(() => ({ controller }), [controller]);
}

function useKeys(context: CommandContext): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isModalOpen()) return;
      const command = commandOfKey(event, getKeyMap());
      if (!command) return;
      // Also where it makes no sense now: what the browser would do with the key instead, nobody meant.
      event.preventDefault();
      // A key that is held goes on scrolling, but does not switch on and off.
      if (event.repeat && isPressed(command, context) !== undefined) return;
      runCommand(command, context);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [context]);
}

function Tiles({
  series,
  initialIndex,
}: {
  series: readonly LoadedSeries[];
  initialIndex: (id: string) => number;
}): ReactNode {
  const { rows, columns } = useWorkspace((workspace) => workspace.grid);
  const enlargedTile = useWorkspace((workspace) => workspace.enlargedTile);
  const tool = useWorkspace((workspace) => workspace.tool);
  const isEnlarged = enlargedTile !== undefined;
  const style = isEnlarged
    ? { gridTemplate: '1fr / 1fr' }
    : { gridTemplate: `repeat(${rows}, 1fr) / repeat(${columns}, 1fr)` };
  return (
    <main className="tiles" data-testid="tiles" data-tool={tool} style={style}>
      {Array.from({ length: rows * columns }, (_, tile) => (
        <ViewportTile
          // biome-ignore lint/suspicious/noArrayIndexKey: a tile is its place
          key={tile}
          tile={tile}
          series={series}
          initialIndex={initialIndex}
          isOnlyTile={rows * columns === 1}
          isHidden={isEnlarged && enlargedTile !== tile}
        />
      ))}
    </main>
  );
}

const isAnythingShown = ({ contents }: Workspace): boolean =>
  contents.some((content) => content !== undefined);

/** The same array as long as its entries are the same, so that what depends on it runs only when an answer came. */
function useStableList<T>(list: T[]): T[] {
  const latest = useRef(list);
  const isSame =
    list.length === latest.current.length && list.every((entry, at) => entry === latest.current[at]);
  if (!isSame) latest.current = list;
  return latest.current;
}

function NoGraphics(): ReactNode {
  const { t } = useTranslation();
  return (
    <Message
      title={t('viewer.noGraphics')}
      hint={t('viewer.noGraphicsHint')}
      kind="error"
      isFullPage
      testId="no-graphics"
    >
      <Link href={listAddress()}>{t('app.toStudyList')}</Link>
    </Message>
  );
}

export function StudyViewer(): ReactNode {
  const search = useSearch();
  // Another address is another session of reading: nothing is carried over.
  const isDeskClean = useCleanDesk(search);
  if (!canDraw()) return <NoGraphics />;
  return isDeskClean ? <OpenStudies key={search} request={readViewerAddress(search)} /> : null;
}

function OpenStudies({ request: addressed }: { request: ViewerRequest }): ReactNode {
  const { t } = useTranslation();
  const request = useRef(addressed).current;
  const added = useComparison((comparison) => comparison.added);
  const studies = useStudies(request, added);
  useMarkOpened(request.studyInstanceUIDs);
  const series = studies.flatMap((study) => study.series);
  const sets = useStableList(series.flatMap((entry) => entry.displaySets ?? []));
  const opening = initialView(
    series.map(({ displaySets, error }) => ({ displaySets, isFailed: error !== null })),
    studies.every((study) => !study.isPending),
    request.initialSOPInstanceUID,
  );
  const initial = useRef<InitialView>(undefined);
  initial.current ??= opening;
  const isChosen = useWorkspace(isAnythingShown);
  const context = useCommandContext();
  useKeys(context);

  useEffect(() => {
    resetDesk();
    return () => {
      resetDesk();
      clearImages();
    };
  }, []);
  useReaderDefaults();
  useReadAhead();

  const isComplete =
    studies.every((study) => !study.isPending) &&
    series.every(({ displaySets, error }) => displaySets || error);
  useEffect(() => setDisplaySets(sets, isComplete), [sets, isComplete]);
  const isDeskReady = useIsDeskReady(opening ? opening.set.kind === 'image' : !isComplete);
  const current = useMemo(() => newestStudy(sets, request.studyInstanceUIDs), [sets, request]);
  usePatientStudies(current?.header, request.studyInstanceUIDs);
  useHanging(
    studies.map(({ studyInstanceUID, isPending, series: own }) => ({
      studyInstanceUID,
      isComplete: !isPending && own.every(({ displaySets, error }) => displaySets ?? error),
    })),
    sets,
    request,
    current?.studyInstanceUID,
  );

  useEffect(() => {
    // Asked of the workspace as it is now: where all answers came at once, it was hung a moment ago.
    if (!isChosen && !isAnythingShown(useWorkspace.getState()) && opening) showDisplaySet(opening.set.id, 0);
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
        <Link href={listAddress()} className="back-link" data-testid="back">
          <Icon name="back" />
          {t('viewer.back')}
        </Link>
        {isDeskReady ? <Toolbar context={context} /> : <ToolbarOutline />}
      </header>
      <PatientWarning instances={instances} />
      <div className="viewer-body">
        <SeriesPanel studies={studies} />
        <Tiles
          series={series}
          initialIndex={(id) => (id === initial.current?.set.id ? initial.current.index : 0)}
        />
        {isDeskReady ? <SidePanels /> : null}
      </div>
      <ViewerFooter isEmpty={!isDeskReady} />
      {isDeskReady ? <Dialogs /> : null}
      <Announcer />
    </div>
  );
}
