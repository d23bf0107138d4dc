import type { FailedInstance, InstanceNames } from '../../archive/store/store-outcome.ts';

const NAMELESS: InstanceNames = { sopClassUID: undefined, sopInstanceUID: undefined };

/** The outcome of what is no instance. */
export function couldNotUnderstand(detail: string, names: InstanceNames = NAMELESS): FailedInstance {
  return { kind: 'failed', failure: 'cannot-understand', detail, ...names };
}
