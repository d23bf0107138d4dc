import type { Window, WindowFunction } from '../viewport/window.ts';
import { type AddressedStudies, isUID, readAddressedStudies } from './addressed-studies.ts';
import { type PlanesView, planesOf, readPlanes, writePlanes } from './planes-view.ts';
import type { PlaneName } from './tile-content.ts';
import { displaySetOf, type Grid, largestGrid, tileCount, useWorkspace } from './workspace-store.ts';

/** What an address says of one tile. */
export interface AddressedTile {
  /** From 0, row by row. */
  readonly tile: number;
  readonly sopInstanceUID: string;
  /** From 1. */
  readonly frameNumber: number;
  readonly plane: PlaneName | undefined;
  readonly window: Window | undefined;
  readonly isInverted: boolean;
}

/** How the volume is seen that a tile of an address shows a plane of. */
export interface AddressedPlanes extends PlanesView {
  readonly tile: number;
}

/** What an address asks the viewer to open. */
export interface ViewerRequest extends AddressedStudies {
  readonly hangingProtocolId: string | undefined;
  readonly grid: Grid | undefined;
  readonly tiles: readonly AddressedTile[];
  readonly planes: readonly AddressedPlanes[];
}

function readGrid(value: string | null): Grid | undefined {
  const match = value?.match(/^([1-9])x([1-9])$/);
  const [rows, columns] = [Number(match?.[1]), Number(match?.[2])];
  return rows <= largestGrid.rows && columns <= largestGrid.columns ? { rows, columns } : undefined;
}

const planes: readonly string[] = ['axial', 'coronal', 'sagittal', 'acquired'] satisfies PlaneName[];
const windowFunctions: readonly string[] = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] satisfies WindowFunction[];

/** The function, as in {@link functionPart}: VOI LUT Functions have an underscore, which parts the tile. */
function readWindow(center = '', width = '', part = ''): Window | undefined {
  const [c, w] = [Number.parseFloat(center), Number.parseFloat(width)];
  const [name = '', table] = part.replace('-', '_').split('.');
  if (!Number.isFinite(c) || !(w > 0) || !windowFunctions.includes(name)) return undefined;
  if (table !== undefined && !/^\d{1,3}$/.test(table)) return undefined;
  const over = table === undefined ? {} : { table: Number(table) };
  return { center: c, width: w, function: name as WindowFunction, ...over };
}

/** What a window counts by: its function, and after a point the VOI LUT that it is over, from 0. */
const functionPart = ({ function: name, table }: Window): string =>
  name.replace('_', '-') + (table === undefined ? '' : `.${table}`);

/** The parts of a tile, in this order; later ones may be missing, and what can't be read is left out. */
function readTile(value: string): AddressedTile[] {
  const [at = '', sopInstanceUID = '', frame = '1', center, width, name, look, plane = ''] = value.split('_');
  const tile = Number(at);
  const isTile = /^\d{1,2}$/.test(at) && tile < largestGrid.rows * largestGrid.columns;
  if (!isTile || !isUID(sopInstanceUID)) return [];
  return [
    {
      tile,
      sopInstanceUID,
      frameNumber: Math.max(1, Number.parseInt(frame, 10) || 1),
      plane: planes.includes(plane) ? (plane as PlaneName) : undefined,
      window: readWindow(center, width, name),
      isInverted: look === 'i',
    },
  ];
}

function readPlanesOfTile(value: string): AddressedPlanes[] {
  const [at = '', point, directions, slabs, center, width, name, look] = value.split('_');
  const read = readPlanes(point, directions, slabs);
  if (!/^\d{1,2}$/.test(at) || !read) return [];
  return [{ ...read, tile: Number(at), window: readWindow(center, width, name), isInverted: look === 'i' }];
}

/**
 * Reads `/viewer?StudyInstanceUIDs=a,b[&SeriesInstanceUIDs=…][&initialSOPInstanceUID=…][&hangingProtocolId=…]`, what
 * {@link addressOfScreen} adds, and IHE Invoke Image Display `?requestType=STUDY&studyUID=…` (RAD TF-2 4.106). What is no UID
 * is left out.
 */
export function readViewerAddress(search: string): ViewerRequest {
  const params = new URLSearchParams(search);
  return {
    ...readAddressedStudies(params),
    hangingProtocolId: params.get('hangingProtocolId') ?? undefined,
    grid: readGrid(params.get('layout')),
    tiles: params.getAll('tile').flatMap(readTile),
    planes: params.getAll('planes').flatMap(readPlanesOfTile),
  };
}

export function viewerAddress(studyInstanceUIDs: readonly string[]): string {
  return `/viewer?StudyInstanceUIDs=${studyInstanceUIDs.join(',')}`;
}

/** Digits that a window is written with: more than the eye can tell apart. */
const windowDigits = 6;

function writeWindow(window: Window | undefined): string[] {
  const written = (value: number) => String(Number(value.toPrecision(windowDigits)));
  return window ? [written(window.center), written(window.width), functionPart(window)] : ['', '', ''];
}

/** How each volume is seen that planes are shown of, told at the first of its tiles. */
function writeVolumes(tiles: readonly number[]): string[] {
  const { contents } = useWorkspace.getState();
  const isPlaneOf = (tile: number, id: string) =>
    contents[tile]?.kind === 'plane' && contents[tile].displaySetId === id;
  return tiles.flatMap((tile) => {
    const content = contents[tile];
    const view = content?.kind === 'plane' ? planesOf(content.displaySetId) : undefined;
    if (!content || !view || tiles.find((other) => isPlaneOf(other, content.displaySetId)) !== tile)
      return [];
    const look = view.isInverted ? 'i' : '';
    return [[tile, ...writePlanes(view), ...writeWindow(view.window), look].join('_')];
  });
}

function writeTile(tile: number): string[] {
  const { contents, controllers } = useWorkspace.getState();
  const [content, set] = [contents[tile], displaySetOf(tile)];
  const controller = controllers[tile];
  const state = controller?.getState();
  if (!content || !controller || set?.kind !== 'image') return [];
  const image = content.kind === 'plane' ? set.images[0] : (set.images[state?.index ?? 0] ?? set.images[0]);
  if (!image) return [];
  const window = controller.keptView?.()?.window;
  const windowParts = writeWindow(window);
  const look = state?.isInverted ? 'i' : '';
  const plane = content.kind === 'plane' ? content.plane : '';
  return [[tile, image.sopInstanceUID, image.frameNumber, ...windowParts, look, plane].join('_')];
}

/**
 * The address of what is on the screen: studies, grid, and for each tile the image, its window and whether it is inverted,
 * for planes where and how they lie and their slabs. It
 * names nothing but UIDs: no name, no ID of a patient.
 */
export function addressOfScreen(): string {
  const workspace = useWorkspace.getState();
  const tiles = Array.from({ length: tileCount(workspace) }, (_, tile) => tile);
  const studies = [...new Set(workspace.displaySets.map((set) => set.studyInstanceUID))];
  const { rows, columns } = workspace.grid;
  const parts = [
    `layout=${rows}x${columns}`,
    ...tiles.flatMap(writeTile).map((value) => `tile=${value}`),
    ...writeVolumes(tiles).map((value) => `planes=${value}`),
  ];
  return `${viewerAddress(studies)}&${parts.join('&')}`;
}
