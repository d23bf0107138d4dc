import type { HangingProtocol } from '../protocol.ts';
import { computedTomography } from './ct.ts';
import { fallback } from './fallback.ts';
import { mammography } from './mg.ts';
import { magneticResonance } from './mr.ts';
import { nuclearMedicine } from './nuclear.ts';
import { radiography } from './radiography.ts';
import { ultrasound } from './ultrasound.ts';

/** The hanging protocols that come with the viewer. Equals are decided by this order. */
export const shippedProtocols: readonly HangingProtocol[] = [
  ...mammography,
  ...radiography,
  ...nuclearMedicine,
  ...computedTomography,
  ...magneticResonance,
  ...ultrasound,
  ...fallback,
];
