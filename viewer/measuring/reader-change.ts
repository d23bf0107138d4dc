import { useLive } from './live-store.ts';
import { changeMeasurement, type MeasurementChange } from './measurement-store.ts';

/**
 * A change with who made it and when. Colour, and where the label stands, are no finding: whose it is stays, and
 * a colour has a time of its own.
 */
export function signed(change: MeasurementChange): MeasurementChange {
  const { author } = useLive.getState();
  const now = new Date().toISOString();
  const dated = change.color === undefined ? change : { ...change, colorChangedAt: now };
  if (!change.values && change.label === undefined) return dated;
  return { ...dated, ...(author === '' ? {} : { author }), createdAt: now };
}

/** Changes a measurement as the signed-in reader, in one step. */
export function changeByReader(trackingUID: string, change: MeasurementChange): void {
  changeMeasurement(trackingUID, signed(change));
}
