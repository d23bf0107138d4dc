import { create } from 'zustand';
import { whenReaderChanges } from '../workspace/reader.ts';
import type { Measurement } from './measurement.ts';

/** What one step did to measurements: each as it was before and after; undefined where it did not exist. */
interface Change {
  readonly before: Measurement | undefined;
  readonly after: Measurement | undefined;
}
type Step = readonly Change[];

interface Measurements {
  /** In the order in which they were made or read. */
  readonly measurements: readonly Measurement[];
  readonly selectedUID: string | undefined;
  /** Those that are not drawn, by their trackingUID. */
  readonly hiddenUIDs: ReadonlySet<string>;
  /** Newest last. */
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

const initial: Measurements = {
  measurements: [],
  selectedUID: undefined,
  hiddenUIDs: new Set(),
  done: [],
  undone: [],
};

/** Measurements of the studies that are or were open in this session, on the screen or not, with what can be undone. */
export const useMeasurements = create<Measurements>(() => initial);

const set = useMeasurements.setState;
const get = useMeasurements.getState;

/** Steps that are kept for undoing. */
const longestHistory = 200;

export const measurementOf = (trackingUID: string | undefined): Measurement | undefined =>
  get().measurements.find((measurement) => measurement.trackingUID === trackingUID);

/** Whether something would be lost if the page were closed now. */
export const isUnsaved = ({ saved }: Pick<Measurement, 'saved'>): boolean =>
  saved === undefined || saved.isChanged;

/** Adds what was read from the archive; not a step that can be undone. Those that are there already stay as they are. */
export function addLoadedMeasurements(loaded: readonly Measurement[]): void {
  const { measurements } = get();
  const known = new Set(measurements.map((measurement) => measurement.trackingUID));
  const added = loaded.filter((measurement) => !known.has(measurement.trackingUID));
  if (added.length > 0) set({ measurements: [...measurements, ...added] });
}

const isLater = (a: Measurement, b: Measurement): boolean =>
  a.createdAt > b.createdAt || (a.colorChangedAt ?? '') > (b.colorChangedAt ?? '');

/**
 * Makes what was read before as the archive says by now, where the reader has not changed it here, and lets go of what is `gone`
 * there; not a step that can be undone.
 */
export function renewLoadedMeasurements(loaded: readonly Measurement[], gone: ReadonlySet<string>): void {
  const { measurements } = get();
  const newest = new Map(loaded.map((measurement) => [measurement.trackingUID, measurement]));
  const renewed = measurements.flatMap((measurement) => {
    if (isUnsaved(measurement)) return [measurement];
    if (gone.has(measurement.trackingUID)) return [];
    const other = newest.get(measurement.trackingUID);
    return [other && isLater(other, measurement) ? other : measurement];
  });
  const isSame =
    renewed.length === measurements.length && renewed.every((one, at) => one === measurements[at]);
  if (!isSame) set({ measurements: renewed });
}

/** Notes that measurements, as they are now, are in a report of the archive; not a step that can be undone. */
export function markSaved(trackingUIDs: readonly string[], sopInstanceUID: string): void {
  const saved = { sopInstanceUID, isChanged: false };
  set({
    measurements: get().measurements.map((measurement) =>
      trackingUIDs.includes(measurement.trackingUID) ? { ...measurement, saved } : measurement,
    ),
  });
}

/** Makes measurements as they are after a step, or before it. Says what to keep of the step for going the other way. */
function apply(step: Step, direction: 'forward' | 'back'): Step {
  let { measurements } = get();
  const applied = step.map(({ before, after }): Change => {
    const [from, to] = direction === 'forward' ? [before, after] : [after, before];
    const uid = (from ?? to)?.trackingUID;
    const now = measurements.find((measurement) => measurement.trackingUID === uid);
    // What was saved meanwhile stays saved, and now differs from its report. What was gone may be missing from the newest one.
    const saved = now ? now.saved : to?.saved;
    const next = to && saved ? { ...to, saved: { ...saved, isChanged: true } } : to;
    if (!next) measurements = measurements.filter((measurement) => measurement.trackingUID !== uid);
    else if (now)
      measurements = measurements.map((measurement) => (measurement === now ? next : measurement));
    else measurements = [...measurements, next];
    return direction === 'forward'
      ? { before: now ?? before, after: next }
      : { before: next, after: now ?? after };
  });
  const { selectedUID } = get();
  const isThere = measurements.some((measurement) => measurement.trackingUID === selectedUID);
  set({ measurements, selectedUID: isThere ? selectedUID : undefined });
  return applied;
}

function take(step: Step): void {
  const applied = apply(step, 'forward');
  set({ done: [...get().done, applied].slice(-longestHistory), undone: [] });
}

/** Adds a measurement that was just made, and selects it. */
export function createMeasurement(measurement: Measurement): void {
  take([{ before: undefined, after: measurement }]);
  set({ selectedUID: measurement.trackingUID });
}

/** What of a measurement a reader can change. */
export type MeasurementChange = Partial<Omit<Measurement, 'trackingUID' | 'tool' | 'saved'>>;

/** A measurement after a change; new values bring their own notice, or none. */
export function changed(measurement: Measurement, change: MeasurementChange): Measurement {
  const { notice, ...rest } = measurement;
  return { ...rest, ...(notice && !change.values ? { notice } : {}), ...change };
}

/** Changes measurements, in one step. */
export function changeMeasurements(changes: ReadonlyMap<string, MeasurementChange>): void {
  const step = [...changes].flatMap(([trackingUID, change]): Change[] => {
    const before = measurementOf(trackingUID);
    return before ? [{ before, after: changed(before, change) }] : [];
  });
  if (step.length > 0) take(step);
}

export function changeMeasurement(trackingUID: string, change: MeasurementChange): void {
  changeMeasurements(new Map([[trackingUID, change]]));
}

/**
 * Gives measurements the values that another calibration gives them. No step: those before it have values of the old
 * calibration, so none of them can be taken back any more.
 */
export function replaceResults(results: ReadonlyMap<string, MeasurementChange>): void {
  const measurements = get().measurements.map((measurement) => {
    const result = results.get(measurement.trackingUID);
    if (!result) return measurement;
    const { saved } = measurement;
    return { ...changed(measurement, result), saved: saved && { ...saved, isChanged: true } };
  });
  set({ measurements, done: [], undone: [] });
}

/** Removes measurements, in one step. Those in reports of the archive stay there until they are saved anew. */
export function removeMeasurements(trackingUIDs: readonly string[]): void {
  const step = trackingUIDs.flatMap((trackingUID): Change[] => {
    const before = measurementOf(trackingUID);
    return before ? [{ before, after: undefined }] : [];
  });
  if (step.length > 0) take(step);
}

export const canUndo = (): boolean => get().done.length > 0;
export const canRedo = (): boolean => get().undone.length > 0;

/** Takes back the last step: a measurement made, changed or removed. */
export function undo(): void {
  const step = get().done.at(-1);
  if (!step) return;
  const applied = apply(step, 'back');
  set({ done: get().done.slice(0, -1), undone: [...get().undone, applied] });
}

/** Takes again what was taken back last. */
export function redo(): void {
  const step = get().undone.at(-1);
  if (!step) return;
  const applied = apply(step, 'forward');
  set({ undone: get().undone.slice(0, -1), done: [...get().done, applied] });
}

export function selectMeasurement(trackingUID: string | undefined): void {
  if (get().selectedUID !== trackingUID) set({ selectedUID: trackingUID });
}

/** Shows or hides measurements; hiding is no change of them, and nothing to be undone or saved. */
export function setVisible(trackingUIDs: readonly string[], isVisible: boolean): void {
  const hiddenUIDs = new Set(get().hiddenUIDs);
  for (const uid of trackingUIDs) {
    if (isVisible) hiddenUIDs.delete(uid);
    else hiddenUIDs.add(uid);
  }
  set({ hiddenUIDs });
}

/**
 * Forgets the measurements of studies that are left: those in the archive come back from there. Unsaved ones stay for when
 * the reader comes back to the study in this session.
 */
export function forgetSavedMeasurements(): void {
  const measurements = get().measurements.filter(isUnsaved);
  set({ ...initial, measurements });
}

/** Forgets everything: another reader has signed in. */
export function forgetAllMeasurements(): void {
  set(initial);
}
whenReaderChanges(forgetAllMeasurements);
