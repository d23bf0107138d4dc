import type { Figure, PeerFigure } from '../figure.ts';
import type { BenchOptions } from '../options.ts';
import type { Archive } from './archive.ts';
import { type Isocenter, type IsocenterOptions, startIsocenter } from './isocenter.ts';
import { startOrthanc } from './orthanc.ts';

/** Ours and, where it is installed, Orthanc, both empty. */
export interface Archives {
  readonly isocenter: Isocenter;
  readonly orthanc: Archive | { readonly missing: string };
  /** Those that run. */
  readonly all: readonly Archive[];
  stop(): Promise<void>;
}

export async function startArchives(
  { mayInstall }: BenchOptions,
  options?: IsocenterOptions,
): Promise<Archives> {
  const isocenter = await startIsocenter(options);
  const orthanc = await startOrthanc(mayInstall);
  if ('missing' in orthanc) sayMissing('Orthanc', orthanc.missing);
  const all = 'missing' in orthanc ? [isocenter] : [isocenter, orthanc];
  return {
    isocenter,
    orthanc,
    all,
    stop: async () => {
      for (const archive of all) await archive.stop();
    },
  };
}

/** The measured median of the peer `name`, or why there is none. */
export function peerFigure(
  name: string,
  medians: ReadonlyMap<string, number>,
  peer: object | { readonly missing: string },
): PeerFigure {
  const value = medians.get(name);
  if (value !== undefined) return { name, value };
  return { name, missing: 'missing' in peer ? peer.missing : 'not measured' };
}

/** Of `medians` by name: ours, and Orthanc's or why there is none. */
export function oursAndOrthancs(
  medians: ReadonlyMap<string, number>,
  { orthanc }: Archives,
): Pick<Figure, 'ours' | 'peer'> {
  return { ours: medians.get('Isocenter') ?? Number.NaN, peer: peerFigure('Orthanc', medians, orthanc) };
}

const said = new Set<string>();

export function sayMissing(name: string, advice: string): void {
  if (said.has(name)) return;
  said.add(name);
  console.error(`${name} is not installed: ${advice}`);
}
