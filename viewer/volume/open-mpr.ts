import { create } from 'zustand';
import { type ImageDescription, isColor } from '../viewport/image-description.ts';
import type { ImageStack } from '../viewport/stacks.ts';
import { add, scale, type Vector3 } from '../viewport/vectors.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { seedPlanes } from '../workspace/planes-view.ts';
import type { PlaneName, TileContent } from '../workspace/tile-content.ts';
import {
  activateTile,
  displaySetOf,
  type Grid,
  layOut,
  showContent,
  useWorkspace,
} from '../workspace/workspace-store.ts';
import { describeGeometry, type GeometryFinding } from './geometry.ts';
import { volumeBytes, volumeLimitBytes } from './volume-memory.ts';

/** Why no volume is made of a display set. */
export interface MprRefusal {
  readonly findings: readonly GeometryFinding[];
  /** Memory that it would take; undefined when that is not the reason. */
  readonly tooLarge: { readonly neededBytes: number; readonly limitBytes: number } | undefined;
}

interface Layout {
  readonly grid: Grid;
  readonly contents: readonly (TileContent | undefined)[];
  readonly activeTile: number;
}

/** What to go back to from MPR, and what is to be said to the reader who asked for it. */
export const useMpr = create<{
  readonly before: Layout | undefined;
  readonly refusal: MprRefusal | undefined;
}>(() => ({ before: undefined, refusal: undefined }));

// Where no plane is on the screen any more, there is nothing to go back from: other studies, another layout, another patient.
useWorkspace.subscribe(() => {
  if (useMpr.getState().before && !isMprShown()) useMpr.setState({ before: undefined });
});

/** The stacks whose planes stay on the screen when the active viewport shows one of `stack`. */
function otherVolumes(stack: ImageStack): Iterable<ImageStack> {
  const { contents, grid, activeTile } = useWorkspace.getState();
  const others = new Set<ImageStack>();
  for (const [tile, content] of contents.slice(0, grid.rows * grid.columns).entries()) {
    const set = content?.kind === 'plane' && tile !== activeTile ? displaySetOf(tile) : undefined;
    if (set?.kind === 'image' && set.id !== stack.id) others.add(set);
  }
  return others;
}

/** Why the images of a stack are not reformatted; undefined when they can be. */
function mprRefusal(stack: ImageStack): MprRefusal | undefined {
  const geometry = describeGeometry(stack.images);
  if (geometry.kind === 'refused') return { findings: geometry.findings, tooLarge: undefined };
  const [neededBytes, limitBytes] = [volumeBytes(stack), volumeLimitBytes(otherVolumes(stack))];
  return neededBytes <= limitBytes ? undefined : { findings: [], tooLarge: { neededBytes, limitBytes } };
}

/** The images that the active viewport shows, as they are or reformatted. */
function activeStack(): ImageStack | undefined {
  const set = displaySetOf(useWorkspace.getState().activeTile);
  return set?.kind === 'image' ? set : undefined;
}

/** Images of radiography, angiography and most of ultrasound are nowhere in the patient. */
const isPlaced = (image: ImageDescription | undefined): image is ImageDescription =>
  image?.position !== undefined && image.rowDirection !== undefined && image.columnDirection !== undefined;

/** Whether it makes sense to ask for planes; they may still be refused, with the reasons. */
export function mayAskForMpr(): boolean {
  const [first, second] = activeStack()?.images ?? [];
  return isPlaced(first) && isPlaced(second) && !isColor(first);
}

export function isMprShown(): boolean {
  const { contents, grid } = useWorkspace.getState();
  return contents.slice(0, grid.rows * grid.columns).some((content) => content?.kind === 'plane');
}

/** The middle of an image, LPS, mm. */
function middleOf(image: ImageDescription): Vector3 | undefined {
  const { position, rowDirection, columnDirection, columns, rows, columnSpacing, rowSpacing } = image;
  if (!position || !rowDirection || !columnDirection) return undefined;
  const across = scale(rowDirection, ((columns - 1) / 2) * columnSpacing);
  return add(position, add(across, scale(columnDirection, ((rows - 1) / 2) * rowSpacing)));
}

/** Says why not, or notes where planes are to begin: at the image that is read, as it is seen. */
function prepare(stack: ImageStack, controller: ViewportController | undefined): boolean {
  const refusal = mprRefusal(stack);
  if (refusal) {
    useMpr.setState({ refusal });
    return false;
  }
  const state = controller?.getState();
  // The image that is asked for, which is not always on the screen yet.
  const image = state?.positionCount === undefined ? state?.stack?.images[state.index] : undefined;
  const point = image && middleOf(image);
  if (state && point) seedPlanes(stack.id, { point, window: state.window, isInverted: state.isInverted });
  return true;
}

const layouts = {
  /** The three planes, and the images as they are. */
  quarters: { rows: 2, columns: 2 },
  row: { rows: 1, columns: 3 },
} as const satisfies Record<string, Grid>;

/** Opens the three planes of the active viewport's volume, or goes back to what was there before. */
export function toggleMpr(layout: keyof typeof layouts, controller: ViewportController | undefined): void {
  if (isMprShown()) {
    closeMpr();
    return;
  }
  const stack = activeStack();
  if (!stack || !prepare(stack, controller)) return;
  const { grid, contents, activeTile } = useWorkspace.getState();
  useMpr.setState({ before: { grid, contents, activeTile } });
  const displaySetId = stack.id;
  const planes = (['axial', 'coronal', 'sagittal'] as const).map((plane) => ({
    kind: 'plane' as const,
    displaySetId,
    plane,
  }));
  layOut(layouts[layout], layout === 'row' ? planes : [...planes, { kind: 'displaySet', displaySetId }]);
}

/** Back to the layout before; where there is none, every plane gives way to the images that it goes through. */
function closeMpr(): void {
  const { before } = useMpr.getState();
  useMpr.setState({ before: undefined });
  if (before) {
    layOut(before.grid, before.contents);
    activateTile(before.activeTile);
    return;
  }
  const { grid, contents, activeTile } = useWorkspace.getState();
  layOut(
    grid,
    contents.map((content) =>
      content?.kind === 'plane' ? { kind: 'displaySet', displaySetId: content.displaySetId } : content,
    ),
  );
  activateTile(activeTile);
}

/** Has the active viewport show a plane through the volume of what it shows. */
export function showPlane(plane: PlaneName, controller: ViewportController | undefined): void {
  const stack = activeStack();
  if (stack && prepare(stack, controller)) showContent({ kind: 'plane', displaySetId: stack.id, plane });
}

export function closeRefusal(): void {
  useMpr.setState({ refusal: undefined });
}
