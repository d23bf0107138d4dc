import { create } from 'zustand';
import type { Measurement } from './measurement.ts';

interface Measurements {
  /** In the order in which they were made or read. */
  readonly measurements: readonly Measurement[];
  readonly selectedUID: string | undefined;
}

/** All measurements of the open studies, on the screen or not. */
export const useMeasurements = create<Measurements>(() => ({ measurements: [], selectedUID: undefined }));

/** Adds what was read from the archive; not a step that can be undone. Those that are there already stay as they are. */
export function addLoadedMeasurements(loaded: readonly Measurement[]): void {
  const { measurements } = useMeasurements.getState();
  const known = new Set(measurements.map((measurement) => measurement.trackingUID));
  const added = loaded.filter((measurement) => !known.has(measurement.trackingUID));
  useMeasurements.setState({ measurements: [...measurements, ...added] });
}
