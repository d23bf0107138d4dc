import { CinePlayer } from '../viewport/cine-player.ts';
import type { CineSettings } from '../viewport/cine-timing.ts';
import { displayOf, shownWindow, voiChoices } from '../viewport/grey-display.ts';
import type { KeptView } from '../viewport/kept-view.ts';
import { orientationMarkers } from '../viewport/orientation.ts';
import type { ImageStack } from '../viewport/stacks.ts';
import type { Point } from '../viewport/surface.ts';
import { scale, type Vector3 } from '../viewport/vectors.ts';
import { emptyState, type ViewportState } from '../viewport/viewport-controller.ts';
import type { Window } from '../viewport/window.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { isTurned, type SlabSetting, turnPlanes } from './mpr-state.ts';
import { intoScreen, moveToPosition, namedPlanes, planePositions, positionOf } from './plane.ts';
import { PlaneCanvas } from './plane-canvas.ts';
import type { PlaneController, PlaneView } from './plane-controller.ts';
import { planeSurface } from './plane-surface.ts';
import { fittingScale, type PlaneLayout, planeOrigin } from './plane-view.ts';
import { type Slab, slabOffsets } from './reslice.ts';
import { insideVolume, patientToIndex } from './volume.ts';
import { enterVolume, leaveVolume, type VolumeSession } from './volume-session.ts';

/** Fewer slices would show one of them all over the volume. */
const fewestSlices = 3;
const [smallestZoom, largestZoom] = [0.05, 64];
/** ms without a change after which what was drawn coarsely is drawn finely. */
const restingMs = 120;

/**
 * Shows a plane through the volume that the images of a stack make. The picture is computed here, sample by sample for the
 * pixels of the screen, not by the graphics card: every grey is the trilinear value of its place, wherever it is shown.
 */
export class VolumeController implements PlaneController {
  readonly id: string;
  readonly element: HTMLDivElement;
  readonly #canvas: PlaneCanvas;
  readonly #listeners = new Set<() => void>();
  readonly #resizing: ResizeObserver;
  #state: ViewportState = emptyState;
  #plane: PlaneView | undefined;
  #session: VolumeSession | undefined;
  #leave = () => {};
  #name: PlaneName = 'axial';
  #middle: Point = { x: 0, y: 0 };
  /** CSS pixels for one mm; undefined fits the whole volume. */
  #scale: number | undefined;
  #frame = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #cine: CinePlayer | undefined;

  constructor(id: string, element: HTMLDivElement) {
    this.id = id;
    this.element = element;
    this.#canvas = new PlaneCanvas(element);
    this.#resizing = new ResizeObserver(() => this.#drawSoon());
    this.#resizing.observe(element);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): ViewportState => this.#state;
  readonly getPlane = (): PlaneView | undefined => this.#plane;

  /** How the plane is seen now, to be given to `show` later; what planes of one volume share is not in it. */
  keptView(): KeptView | undefined {
    if (!this.#session) return undefined;
    return { index: this.#state.index, presentation: { scale: this.#scale }, center: this.#middle };
  }

  /** Shows a plane of a stack's volume. One that has grown is seen as before. The images must make a volume. */
  show(stack: ImageStack, name: PlaneName, view?: KeptView): void {
    const isSame = this.#session?.stack.id === stack.id && this.#name === name;
    if (this.#session?.stack !== stack) {
      const session = enterVolume(stack);
      this.#leave();
      this.#session = session;
      const unsubscribe = session?.subscribe(() => this.#onChange());
      this.#leave = () => {
        unsubscribe?.();
        if (session) leaveVolume(session);
      };
    }
    this.#name = name;
    if (!isSame) {
      this.stop();
      this.#scale = scaleOf(view);
      this.#middle = view?.center ?? { x: 0, y: 0 };
      this.#canvas.clear();
    }
    if (!this.#session) {
      this.#update({ ...emptyState, stack, status: 'failed', failure: { reason: 'noVolume', detail: '' } });
      return;
    }
    if (!isSame) this.#update({ ...emptyState, stack, status: 'loading' });
    else this.#update({ stack });
    this.#cine = undefined;
    this.#startCine(this.#here()?.positions.count ?? 0);
    this.#onChange();
  }

  clear(): void {
    this.stop();
    this.#cine = undefined;
    this.#leave();
    this.#leave = () => {};
    this.#session = undefined;
    this.#plane = undefined;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    clearTimeout(this.#resting);
    this.#canvas.clear();
    this.#update(emptyState);
  }

  destroy(): void {
    this.clear();
    this.#listeners.clear();
    this.#resizing.disconnect();
    this.#canvas.remove();
  }

  goTo(index: number): void {
    const { session, positions } = this.#here() ?? {};
    if (!session || !positions) return;
    const inside = Math.max(0, Math.min(positions.count - 1, Math.round(index)));
    session.change({ point: moveToPosition(positions, session.mpr.point, inside) });
  }

  scrollBy(delta: number): void {
    const here = this.#here();
    if (here) this.goTo(positionOf(here.positions, here.session.mpr.point) + delta);
  }

  goToPatient(place: Vector3, frameOfReferenceUID: string): boolean {
    const session = this.#session;
    if (!session || session.stack.images[0]?.frameOfReferenceUID !== frameOfReferenceUID) return false;
    this.goToPlace(place);
    return true;
  }

  goToPlace(place: Vector3): void {
    const session = this.#session;
    session?.change({ point: insideVolume(session.grid, place) });
  }

  retry(): void {
    this.#session?.retry();
  }

  get window(): Window | undefined {
    return this.#state.isImageDrawn ? this.#shown()?.window : undefined;
  }

  get valueRange(): readonly [number, number] | undefined {
    return this.#session?.range;
  }

  setWindow(window: Window | undefined): void {
    this.#session?.change({ window });
  }

  toggleInvert(): void {
    const session = this.#session;
    session?.change({ isInverted: !session.mpr.isInverted });
  }

  zoomBy(factor: number): void {
    this.setZoom(this.#zoom() * factor);
  }

  setZoom(zoom: number): void {
    if (!this.#session || !(zoom > 0)) return;
    this.#scale = Math.max(smallestZoom, Math.min(largestZoom, zoom)) / this.#session.grid.spacing[0];
    this.#onChange();
  }

  panBy(x: number, y: number): void {
    const before = this.#currentScale();
    // Fitting goes on with the size of the element; what was moved by hand stays.
    this.#scale = before;
    this.#middle = { x: this.#middle.x - x / before, y: this.#middle.y - y / before };
    this.#onChange();
  }

  centerOn({ x, y }: Point): void {
    this.#scale = this.#currentScale();
    this.#middle = { x, y };
    this.#onChange();
  }

  fit(): void {
    this.#scale = undefined;
    this.#middle = { x: 0, y: 0 };
    this.#onChange();
  }

  /** Right angles are brought back by `resetPlanes` only: a view is put right without losing a plane found with care. */
  reset(): void {
    this.fit();
    this.#session?.change({ window: undefined, isInverted: false });
  }

  /** Cross-sections are neither turned nor mirrored on the screen (IHE BIR 5.2). */
  rotate(): void {}
  flip(): void {}

  play(framesPerSecond?: number): void {
    this.#cine?.play(framesPerSecond);
  }

  stop(): void {
    this.#cine?.pause();
  }

  setCine(change: Partial<CineSettings> & { readonly rate?: number }): void {
    this.#cine?.setSettings(change);
  }

  setSlab(slab: SlabSetting, plane = this.#name): void {
    const session = this.#session;
    session?.change({ slabs: { ...session.mpr.slabs, [plane]: slab } });
  }

  turn(held: PlaneName, angle: number, isAlone: boolean): void {
    const session = this.#session;
    session?.change({ axes: turnPlanes(session.mpr.axes, this.#name, held, angle, isAlone) });
  }

  resetPlanes(): void {
    const session = this.#session;
    session?.change({ axes: namedPlanes(session.grid) });
  }

  #here() {
    const session = this.#session;
    if (!session) return undefined;
    const axes = session.mpr.axes[this.#name];
    return { session, axes, positions: planePositions(session.grid, axes) };
  }

  #size() {
    return { width: Math.max(1, this.element.clientWidth), height: Math.max(1, this.element.clientHeight) };
  }

  #currentScale(): number {
    const here = this.#here();
    return this.#scale ?? (here ? fittingScale(here.session.grid, here.axes, this.#size()) : 1);
  }

  #zoom(): number {
    return this.#currentScale() * (this.#session?.grid.spacing[0] ?? 1);
  }

  /** The window of the planes, and those that are offered: of the header, and computed; tables are of single images. */
  #shown() {
    const { reference, mpr } = this.#session ?? {};
    if (!reference || !mpr) return undefined;
    const choices = voiChoices(reference.image, reference.facts).filter(({ kind }) => kind !== 'table');
    const [initial] = choices;
    if (!initial) return undefined;
    const chosen = mpr.window?.table === undefined ? mpr.window : undefined;
    return { choices, ...shownWindow(chosen, reference.facts, initial.window()) };
  }

  /** Plays through the places of the plane, however many there are. */
  #startCine(count: number): void {
    if (count < 2) return;
    const onChange = () => {
      const state = this.#cine?.state;
      this.#update({ cine: state, playing: state?.isPlaying ? state.rate : undefined });
    };
    this.#cine = new CinePlayer([], {
      index: () => this.#state.index,
      isBusy: () => this.#frame !== 0,
      goTo: (index) => this.goTo(index),
      onChange,
    });
    this.#cine.setSettings({ first: 0, last: count - 1 });
  }

  #layout(): PlaneLayout | undefined {
    const here = this.#here();
    if (!here) return undefined;
    const { session, axes } = here;
    const origin = planeOrigin(session.grid, axes, session.mpr.point);
    return { axes, origin, middle: this.#middle, scale: this.#currentScale(), ...this.#size() };
  }

  #slab(): Slab | undefined {
    const here = this.#here();
    if (!here) return undefined;
    const { mode, thickness } = here.session.mpr.slabs[this.#name];
    if (thickness <= 0) return undefined;
    const { spacing } = here.positions;
    return { mode, offsets: slabOffsets(thickness, spacing), step: scale(intoScreen(here.axes), spacing) };
  }

  /** Something of the plane, the volume or the view is another now: says so at once, and draws with the next frame. */
  #onChange(): void {
    const here = this.#here();
    if (!here) return;
    const { session, positions } = here;
    const { mpr, grid, filled } = session;
    if (session.failure) {
      this.#update({ status: 'failed', failure: session.failure });
      return;
    }
    if (this.#state.status === 'failed') this.#update({ status: 'loading', failure: undefined });
    const sliceCount = session.stack.images.length;
    this.#plane = {
      name: this.#name,
      displaySetId: session.stack.id,
      isOblique: isTurned(grid, mpr.axes, this.#name),
      grid,
      mpr,
      positions,
      position: positionOf(positions, mpr.point),
      slab: mpr.slabs[this.#name],
      loadedCount: filled.places.length,
      sliceCount,
      failedCount: session.failedCount,
    };
    this.#update({
      index: this.#plane.position,
      positionCount: positions.count,
      loadedCount: filled.places.length,
    });
    this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const [session, layout, shown, slab] = [this.#session, this.#layout(), this.#shown(), this.#slab()];
    clearTimeout(this.#resting);
    if (!session?.reference || !layout || !shown || this.element.clientWidth === 0) return;
    const { grid, filled, reference, mpr, stack } = session;
    const isEnough = filled.places.length >= fewestSlices || filled.reach < 1;
    if (!isEnough) return;
    const display = displayOf(reference.image, reference.facts, shown, mpr.isInverted);
    const isFinest = this.#canvas.draw({ grid, filled }, layout, slab, display);
    if (!isFinest) {
      const refine = () => this.#canvas.refine({ grid, filled }, layout, slab, () => this.#draw());
      this.#resting = setTimeout(refine, restingMs);
    }
    const image = stack.images[nearestSlice(session)] ?? reference.image;
    this.#update({
      status: 'ready',
      failure: undefined,
      image,
      isImageDrawn: true,
      surface: planeSurface(image, layout, { grid, filled }, slab),
      window: shown.window,
      voiChoices: shown.choices,
      fidelity: filled.reach < 1 ? 'full' : 'partial',
      isInverted: mpr.isInverted,
      zoom: layout.scale * grid.spacing[0],
      markers: orientationMarkers({ rowDirection: layout.axes.right, patientOrientation: [] }, layout.axes),
    });
  }

  #update(change: Partial<ViewportState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function scaleOf(view: KeptView | undefined): number | undefined {
  const presentation: { readonly scale?: unknown } = view?.presentation ?? {};
  return typeof presentation.scale === 'number' ? presentation.scale : undefined;
}

/** The image of the stack that the point of the planes is nearest to. */
function nearestSlice({ grid, mpr }: VolumeSession): number {
  const place = patientToIndex(grid, mpr.point)[2];
  const { places, order } = grid.slices;
  let nearest = 0;
  for (let slice = 1; slice < places.length; slice++) {
    if (Math.abs((places[slice] ?? 0) - place) < Math.abs((places[nearest] ?? 0) - place)) nearest = slice;
  }
  return order[nearest] ?? 0;
}
