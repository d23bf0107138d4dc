import { getPreference, setPreference, usePreference } from '../preferences/preference-store.ts';
import type { Window } from '../viewport/window.ts';
import { displaySetOf, useWorkspace } from '../workspace/workspace-store.ts';
import { candidatesOf } from './facts.ts';
import type { HangingProtocol, Rule, Stage, TilePlan } from './protocol.ts';

/** The preference with the layouts that a reader has made. */
const preferenceName = 'hanging.own';
/** More than all rules of a shipped protocol together: what the reader has set wins. */
const ownWeight = 1000;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isRule = (value: unknown): boolean => isRecord(value) && typeof value.fact === 'string';

function isTile(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value.series) && value.series.every(isRule);
}

function isStage(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.grid)) return false;
  const { rows, columns } = value.grid;
  const isCount = (count: unknown) => Number.isInteger(count) && Number(count) >= 1 && Number(count) <= 5;
  return isCount(rows) && isCount(columns) && Array.isArray(value.tiles) && value.tiles.every(isTile);
}

function isProtocol(value: unknown): value is HangingProtocol {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    Array.isArray(value.study) &&
    value.study.every(isRule) &&
    Array.isArray(value.stages) &&
    value.stages.length > 0 &&
    value.stages.every(isStage)
  );
}

/** Those of the kept layouts that this version can use. */
export function parseOwnProtocols(value: unknown): readonly HangingProtocol[] | undefined {
  return Array.isArray(value) ? value.filter(isProtocol) : undefined;
}

const none: readonly HangingProtocol[] = [];
export const useOwnProtocols = () => usePreference(preferenceName, parseOwnProtocols, none);
export const ownProtocols = () => getPreference(preferenceName, parseOwnProtocols, none);

const is = (fact: Rule['fact'], values: readonly (string | number)[], more: Partial<Rule> = {}): Rule[] =>
  values.length > 0 ? [{ fact, anyOf: values.map(String), ...more }] : [];

/** A window over a VOI LUT means nothing to images with other tables: with those, they are seen as their header says. */
function windowPlan(window: Window | undefined): Pick<TilePlan, 'window'> {
  if (!window || window.table !== undefined) return {};
  return { window: { center: window.center, width: window.width, function: window.function } };
}

/** What finds the like of what a tile shows, in another study of the kind. */
function planOfTile(tile: number): TilePlan | undefined {
  const set = displaySetOf(tile);
  if (set?.kind !== 'image') return undefined;
  const controller = useWorkspace.getState().controllers[tile];
  const view = controller?.keptView?.();
  const all = candidatesOf(set);
  const shown = all.find((candidate) => candidate.index === view?.index) ?? all[0];
  if (!shown) return undefined;
  const { facts } = shown;
  return {
    mayRepeat: true,
    series: [
      ...is('modality', facts.modality, { isRequired: true }),
      ...is('view', facts.view, { isRequired: true }),
      ...is('laterality', facts.laterality, { isRequired: true }),
      ...is('seriesDescription', facts.seriesDescription, { weight: 40 }),
      ...is('weighting', facts.weighting, { weight: 30 }),
      ...is('orientation', facts.orientation, { weight: 25 }),
      ...is('seriesNumber', facts.seriesNumber, { weight: 15 }),
    ],
    ...windowPlan(view?.window),
    ...(view?.isInverted ? { isInverted: true } : {}),
  };
}

/** Describes what is on the screen as a protocol for such studies; undefined where there is no image on it. */
export function protocolOfScreen(id: string, name: string): HangingProtocol | undefined {
  const { grid } = useWorkspace.getState();
  const plans = Array.from({ length: grid.rows * grid.columns }, (_, tile) => planOfTile(tile));
  const first = plans.findIndex((plan) => plan !== undefined);
  const set = displaySetOf(first);
  const facts = set?.kind === 'image' ? candidatesOf(set)[0]?.facts : undefined;
  if (!facts) return undefined;
  // A plan that nothing fits keeps the place of an empty tile.
  const empty: TilePlan = { series: [{ fact: 'modality', anyOf: [], isRequired: true }] };
  const stage: Stage = { id: 'own', grid, tiles: plans.map((plan) => plan ?? empty) };
  return {
    id,
    name,
    study: [
      ...is('modality', facts.modality, { isRequired: true, weight: ownWeight }),
      ...is('bodyPart', facts.bodyPart, { isRequired: true, weight: ownWeight / 10 }),
    ],
    stages: [stage],
  };
}

/** Keeps a layout, in place of one for the same kind of study. */
export function saveOwnProtocol(protocol: HangingProtocol): void {
  const kind = JSON.stringify(protocol.study);
  const others = ownProtocols().filter(
    (entry) => entry.id !== protocol.id && JSON.stringify(entry.study) !== kind,
  );
  setPreference(preferenceName, [...others, protocol]);
}

export function renameOwnProtocol(id: string, name: string): void {
  setPreference(
    preferenceName,
    ownProtocols().map((entry) => (entry.id === id ? { ...entry, name } : entry)),
  );
}

export function deleteOwnProtocol(id: string): void {
  setPreference(
    preferenceName,
    ownProtocols().filter((entry) => entry.id !== id),
  );
}
