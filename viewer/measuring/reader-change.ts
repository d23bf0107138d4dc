import { useLive } from './live-store.ts';
import { changeMeasurement, type MeasurementChange } from './measurement-store.ts';

/** A change with who made it and when. Colour, and where the label stands, are no finding: whose it is stays. */
export function signed(change: MeasurementChange): MeasurementChange {
  const { author } = useLive.getState();
  if (!change.values && change.label === undefined) return change;
  return { ...change, ...(author === '' ? {} : { author }), createdAt: new Date().toISOString() };
}

/** Changes a measurement as the signed-in reader, in one step. */
export function changeByReader(trackingUID: string, change: MeasurementChange): void {
  changeMeasurement(trackingUID, signed(change));
}
