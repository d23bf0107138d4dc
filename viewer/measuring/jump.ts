import type { DisplaySet, ImageStack } from '../viewport/stacks.ts';
import { cross } from '../viewport/vectors.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import type { PlaneName, TileContent } from '../workspace/tile-content.ts';
import { showContent, useWorkspace } from '../workspace/workspace-store.ts';
import type { Measurement, Placement } from './measurement.ts';
import { selectMeasurement, setVisible } from './measurement-store.ts';

type ImagePlacement = Extract<Placement, { kind: 'image' }>;
type PlanePlacement = Extract<Placement, { kind: 'plane' }>;

/** The stack that has an image, and where in it; -1 where it has not. */
export function indexIn(stack: ImageStack, placement: ImagePlacement): number {
  return stack.images.findIndex(
    ({ sopInstanceUID, frameNumber }) =>
      sopInstanceUID === placement.sopInstanceUID && frameNumber === placement.frameNumber,
  );
}

const isStack = (set: DisplaySet): set is ImageStack => set.kind === 'image';

/** The named plane that a placement is nearest to: by the axis of the patient its normal follows most. */
function planeName({ xDirection, yDirection }: PlanePlacement): PlaneName {
  const [x, y, z] = cross(xDirection, yDirection).map(Math.abs);
  const most = Math.max(x ?? 0, y ?? 0, z ?? 0);
  return most === z ? 'axial' : most === y ? 'coronal' : 'sagittal';
}

/** Does something once a tile shows what was asked for; gives up when something else is asked for there. */
function whenShown(tile: number, content: TileContent, act: (controller: ViewportController) => void): void {
  const isReady = (controller: ViewportController | undefined) => {
    const { stack, status } = controller?.getState() ?? {};
    return stack?.id === content.displaySetId && status === 'ready';
  };
  const tryNow = (): boolean => {
    const { controllers, contents } = useWorkspace.getState();
    const shown = contents[tile];
    if (shown?.displaySetId !== content.displaySetId) return true;
    const controller = controllers[tile];
    if (!controller || !isReady(controller)) return false;
    act(controller);
    return true;
  };
  if (tryNow()) return;
  // The controller may be another one by then (a plane has its own), so both are listened to.
  let offController = () => {};
  const check = () => {
    if (tryNow()) stop();
    else listen();
  };
  const listen = () => {
    offController();
    offController =
      useWorkspace.getState().controllers[tile]?.subscribe(() => queueMicrotask(check)) ?? (() => {});
  };
  const offWorkspace = useWorkspace.subscribe(check);
  const stop = () => {
    offController();
    offController = () => {};
    offWorkspace();
  };
  listen();
}

/** The tile that shows something, the active one first; the active one when none does. */
function tileFor(content: TileContent): number {
  const { contents, activeTile, grid, controllers } = useWorkspace.getState();
  const isShown = (tile: number) => {
    const shown = contents[tile];
    if (!shown || !controllers[tile] || tile >= grid.rows * grid.columns) return false;
    const isSamePlane = content.kind !== 'plane' || (shown.kind === 'plane' && shown.plane === content.plane);
    return shown.kind === content.kind && shown.displaySetId === content.displaySetId && isSamePlane;
  };
  if (isShown(activeTile)) return activeTile;
  const found = contents.findIndex((_, tile) => isShown(tile));
  return found < 0 ? activeTile : found;
}

/** Shows what a measurement is on, in the tile that shows its series already or else in the active one, and selects it. */
export function jumpTo({ placement, trackingUID }: Measurement): boolean {
  const sets = useWorkspace.getState().displaySets.filter(isStack);
  setVisible([trackingUID], true);
  selectMeasurement(trackingUID);
  if (placement.kind === 'image') {
    const set = sets.find((stack) => indexIn(stack, placement) >= 0);
    if (!set) return false;
    const content: TileContent = { kind: 'displaySet', displaySetId: set.id };
    const tile = tileFor(content);
    showContent(content, tile);
    whenShown(tile, content, (controller) => controller.goTo(indexIn(set, placement)));
    return true;
  }
  const set = sets.find(
    ({ seriesInstanceUID, images }) =>
      seriesInstanceUID === placement.seriesInstanceUID &&
      images.some((image) => image.frameOfReferenceUID === placement.frameOfReferenceUID),
  );
  if (!set) return false;
  const content: TileContent = { kind: 'plane', displaySetId: set.id, plane: planeName(placement) };
  const tile = tileFor(content);
  showContent(content, tile);
  whenShown(tile, content, (controller) => {
    controller.goToPatient(placement.origin, placement.frameOfReferenceUID);
  });
  return true;
}

/** Whether a measurement is of the studies that are open. */
export function isOfStudies({ placement }: Measurement, sets: readonly DisplaySet[]): boolean {
  return sets.some(({ studyInstanceUID }) => studyInstanceUID === placement.studyInstanceUID);
}
