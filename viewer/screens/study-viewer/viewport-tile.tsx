import { Button, Text } from '@mantine/core';
import {
  type DragEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import { Message } from '../../components/message.tsx';
import { WaitSign } from '../../components/wait-sign.tsx';
import { text } from '../../dicomweb/data-set.ts';
import { personName } from '../../dicomweb/person-name.ts';
import { tags } from '../../dicomweb/tags.ts';
import { useLive } from '../../measuring/live-store.ts';
import { getMouseSettings } from '../../preferences/mouse-settings.ts';
import { resizeViewports } from '../../viewport/engine.ts';
import { useIsFirstImageShown } from '../../viewport/first-image.ts';
import { attachInteractions } from '../../viewport/interactions.ts';
import { StackController } from '../../viewport/stack-controller.ts';
import { type DisplaySet, firstInstance } from '../../viewport/stacks.ts';
import {
  positionsOf,
  shownPosition,
  type ViewportController,
  type ViewportState,
} from '../../viewport/viewport-controller.ts';
import { stackNoticeTexts } from '../../volume/finding-text.ts';
import { VolumeController } from '../../volume/volume-controller.ts';
import { keepView, viewOf } from '../../workspace/kept-views.ts';
import type { TileContent } from '../../workspace/tile-content.ts';
import { isDragTool } from '../../workspace/tools.ts';
import {
  activateTile,
  displaySetOf,
  registerController,
  showDisplaySet,
  toggleEnlarged,
  useWorkspace,
} from '../../workspace/workspace-store.ts';
import { Overlay } from './overlay.tsx';
import { PositionSlider } from './position-slider.tsx';
import { RenderedObject } from './rendered-object.tsx';
import { dropTile, TileHandle, tileDragType } from './tile-handle.tsx';
import type { LoadedSeries } from './use-studies.ts';
import { tileElementId } from './viewport-focus.ts';
import { ViewportLayers } from './viewport-layers.tsx';
import { openViewportMenu } from './viewport-menu.tsx';

/** Type of what is dragged from the series panel. */
export const displaySetDragType = 'application/x-isocenter-display-set';

const noNotices: readonly string[] = [];
const noSubscription = () => () => {};

/** What dragging with the left button does; other tools have their own listeners. */
function leftDragTool() {
  const { tool } = useWorkspace.getState();
  return isDragTool(tool) ? tool : undefined;
}

/** Whether the right button is not that of a measurement: to end a path, or for the menu of what is under the pointer. */
function isFreePlace(): boolean {
  const { drawing, hoveredUID } = useLive.getState();
  return drawing === undefined && hoveredUID === undefined;
}

/** Makes the controller of a tile when its element exists, and ends it with the element; planes have one of their own. */
function useController(
  tile: number,
  kind: TileContent['kind'],
): {
  attach: (element: HTMLDivElement | null) => void;
  controller: StackController | VolumeController | undefined;
} {
  const [element, attach] = useState<HTMLDivElement | null>(null);
  const [controller, setController] = useState<StackController | VolumeController>();
  useEffect(() => {
    // That of a tile which is going to show the other kind: the next one is on its way.
    if (!element?.isConnected) return;
    const Controller = kind === 'plane' ? VolumeController : StackController;
    const created = new Controller(`tile-${tile}`, element);
    const detach = attachInteractions(element, created, leftDragTool, {
      actions: getMouseSettings,
      onMenu: (place) => openViewportMenu(tile, place),
      onDoubleTap: toggleEnlarged,
      wantsMenu: isFreePlace,
    });
    const observer = new ResizeObserver(() => {
      // Zoom and place stay as the reader made them; a picture that was whole is whole again.
      const isFit = element.clientWidth > 0 && created instanceof StackController && created.isFit();
      resizeViewports();
      if (isFit) created.fit();
    });
    observer.observe(element);
    setController(created);
    registerController(tile, created);
    return () => {
      observer.disconnect();
      detach();
      registerController(tile, undefined);
      setController(undefined);
      created.destroy();
    };
  }, [element, tile, kind]);
  return { attach, controller };
}

function useControllerState(controller: ViewportController | undefined): ViewportState | undefined {
  return useSyncExternalStore(controller?.subscribe ?? noSubscription, () => controller?.getState());
}

/** Covers the viewport until the first image of a stack is drawn: an old image is never seen under a new name. */
function LoadingCover({ set }: { set: DisplaySet }): ReactNode {
  const { t } = useTranslation();
  const instance = firstInstance(set);
  const series = instance ? (text(instance, tags.SeriesDescription) ?? t('viewer.noDescription')) : '';
  return (
    <div className="viewport-cover" data-testid="viewport-loading">
      <WaitSign size="md" />
      <Text c="dark.1">{t('viewer.loadingSeries', { series })}</Text>
      {instance ? <Text c="dark.2">{personName(instance, tags.PatientName)}</Text> : null}
    </div>
  );
}

function FailureCover(props: { state: ViewportState; controller: ViewportController }): ReactNode {
  const { t } = useTranslation();
  const { state, controller } = props;
  if (state.status !== 'failed' || !state.failure || !state.stack) return null;
  const description = state.stack.images[state.index];
  const header = description?.instance ?? {};
  const whose = [
    personName(header, tags.PatientName),
    text(header, tags.PatientID),
    text(header, tags.SeriesDescription),
  ];
  return (
    <div className="viewport-cover" data-testid="image-failure">
      <Text c="dark.1">{whose.filter(Boolean).join(' · ')}</Text>
      <Message
        title={t('imageFailure.title', { number: state.index + 1 })}
        hint={t(`imageFailure.${state.failure.reason}`)}
        detail={`${state.failure.detail} — SOP Instance UID ${description?.sopInstanceUID ?? ''}`}
        kind="error"
      >
        <Button variant="default" onClick={() => controller.retry()}>
          {t('app.retry')}
        </Button>
      </Message>
    </div>
  );
}

function EmptyCover(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="viewport-cover" data-testid="viewport-empty">
      <Message title={t('viewer.noImage')} hint={t('viewer.noImageHint')} />
    </div>
  );
}

/** What tests and assistive technology may know of a viewport. */
function describedAttributes(state: ViewportState | undefined) {
  const image = state?.image;
  return {
    'data-loaded': state?.status === 'ready' ? 'true' : 'false',
    'data-status': state?.status ?? 'empty',
    'data-image-index': image ? shownPosition(state) : undefined,
    'data-image-count': state?.stack ? positionsOf(state) : undefined,
    'data-loaded-count': state?.loadedCount,
    'data-sop-instance-uid': image?.sopInstanceUID,
    'data-frame-number': image?.frameNumber,
    'data-window-center': state?.window?.center,
    'data-window-width': state?.window?.width,
    'data-window-function': state?.window?.function,
    'data-window-table': state?.window?.table,
    'data-value-unit': image?.valueUnit,
    'data-playing': state?.playing,
    'data-zoom': state?.zoom,
  };
}

export function ViewportTile(props: {
  tile: number;
  series: readonly LoadedSeries[];
  /** Where a display set is first shown, from 0. */
  initialIndex: (displaySetId: string) => number;
  isOnlyTile: boolean;
  /** Behind the tile that is enlarged. */
  isHidden: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { tile, series } = props;
  const kind = useWorkspace((workspace) => workspace.contents[tile]?.kind ?? 'displaySet');
  const { attach, controller } = useController(tile, kind);
  const state = useControllerState(controller);
  const set = useWorkspace((workspace) => displaySetOf(tile, workspace));
  const content = useWorkspace((workspace) => workspace.contents[tile]);
  const isActive = useWorkspace((workspace) => workspace.activeTile === tile);
  // Planes are made of images that have been waited for.
  const mayDecorate = useIsFirstImageShown() || kind === 'plane';
  const overlayDetail = useWorkspace((workspace) => workspace.overlayDetail);
  const firstIndex = useRef(0);
  firstIndex.current = set ? props.initialIndex(set.id) : 0;
  // Set when the series has more images than are shown.
  const shortfall = series.find((entry) => entry.displaySets?.some((own) => own.id === set?.id))?.shortfall;

  // In the layout phase: the element still has its size, and no other tile shows yet what this one gives away.
  useLayoutEffect(() => {
    if (!controller || !content) return;
    if ((content.kind === 'plane') !== controller instanceof VolumeController) return;
    return () => keepView(content, controller.keptView());
  }, [controller, content]);

  const shownContent = useRef<TileContent>(undefined);
  useEffect(() => {
    if (!controller) return;
    const isAnew = shownContent.current !== content;
    shownContent.current = content;
    if (set?.kind !== 'image' || !content) controller.clear();
    else if (controller instanceof VolumeController) {
      // Until there is a controller for what the tile is to show now, the one before keeps still.
      if (content.kind === 'plane') controller.show(set, content.plane, viewOf(content));
    } else if (content.kind === 'displaySet') {
      void controller.show(set, viewOf(content) ?? { index: firstIndex.current }, isAnew);
    }
  }, [controller, set, content]);

  const [isDropTarget, setIsDropTarget] = useState(false);
  const dragOver = (event: DragEvent) => {
    const { types } = event.dataTransfer;
    if (!types.includes(displaySetDragType) && !types.includes(tileDragType)) return;
    event.preventDefault();
    setIsDropTarget(true);
  };
  const drop = (event: DragEvent) => {
    setIsDropTarget(false);
    if (dropTile(event, tile)) return;
    const id = event.dataTransfer.getData(displaySetDragType);
    if (id) showDisplaySet(id, tile);
  };
  // Planes say more of their volume, where they name themselves (volume/plane-chip.tsx).
  const notices =
    set?.kind === 'image' && kind === 'displaySet' ? stackNoticeTexts(t, set.images) : noNotices;
  const isStackOfSet = set?.kind === 'image' && state?.stack === set;
  const label = state?.image
    ? t('viewer.imageOf', { number: shownPosition(state) + 1, count: positionsOf(state) })
    : t('viewer.noImage');
  const classNames = [
    'tile',
    isActive && !props.isOnlyTile ? 'is-active' : '',
    isDropTarget ? 'is-drop-target' : '',
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <section
      id={tileElementId(tile)}
      className={classNames}
      // Not a stop of the Tab key: the keys of images work wherever the focus is, and menus leave it here.
      tabIndex={-1}
      aria-label={t('viewer.viewportLabel', { number: tile + 1, content: label })}
      hidden={props.isHidden}
      onPointerDown={() => activateTile(tile)}
      onDoubleClick={toggleEnlarged}
      onDragOver={dragOver}
      onDragLeave={() => setIsDropTarget(false)}
      onDrop={drop}
      data-testid={`viewport-${tile}`}
      data-active={isActive}
      {...describedAttributes(state)}
    >
      <div key={kind} className="viewport-element" ref={attach} data-testid={`viewport-element-${tile}`} />
      {state && set && controller && isStackOfSet && state.isImageDrawn && mayDecorate ? (
        <ViewportLayers tile={tile} controller={controller} state={state} displaySet={set} />
      ) : null}
      {state && isStackOfSet && state.isImageDrawn ? (
        <Overlay
          state={state}
          detail={overlayDetail}
          shortfall={shortfall}
          notices={notices}
          {...(controller ? { controller } : {})}
        />
      ) : null}
      {state?.stack && controller ? <PositionSlider state={state} controller={controller} /> : null}
      {set && !props.isOnlyTile ? <TileHandle tile={tile} /> : null}
      {!set ? <EmptyCover /> : null}
      {set && set.kind !== 'image' ? <RenderedObject key={set.id} set={set} /> : null}
      {set?.kind === 'image' && (!isStackOfSet || state.status === 'loading') ? (
        <LoadingCover set={set} />
      ) : null}
      {state && controller && isStackOfSet ? <FailureCover state={state} controller={controller} /> : null}
      {state?.isImageDrawn && state.image && isMoving(state) ? (
        <div className="moving-badge" data-testid="moving">
          {t('viewer.loadingImage', { number: state.index + 1 })}
        </div>
      ) : null}
    </section>
  );
}

/** Whether the image on the screen is not the one asked for. */
function isMoving(state: ViewportState): boolean {
  return state.status === 'ready' && state.index !== shownPosition(state);
}
