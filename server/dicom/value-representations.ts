import type { ValueRepresentation } from './data-set.ts';

/** How the values of a VR are written (PS3.5 6.2, 7.1.2) and what becomes of them in JSON (PS3.18 F.2.3). */
export interface VrTraits {
  vr: ValueRepresentation;
  /** Explicit VR: two reserved bytes and a 32-bit length (PS3.5 Table 7.1-1). */
  longLength: boolean;
  kind: 'text' | 'number' | 'binary' | 'sequence' | 'tag';
  /** Bytes that change places together between big and little endian; 1 where byte order doesn't matter. */
  unitBytes: number;
  /** The text is in the Specific Character Set, not in the default repertoire (PS3.5 6.1.2.3). */
  charset: boolean;
  /** Backslash separates values. */
  multiple: boolean;
  /** Spaces before the value don't count either (PS3.5 Table 6.2-1). */
  trimStart: boolean;
  /** PS3.18 F.2.2 allows BulkDataURI. */
  bulk: boolean;
}

const yes = true;
const no = false;

// VR, long, kind, unit, charset, multiple, trimStart, bulk
const table: [ValueRepresentation, boolean, VrTraits['kind'], number, boolean, boolean, boolean, boolean][] =
  [
    ['AE', no, 'text', 1, no, yes, yes, no],
    ['AS', no, 'text', 1, no, yes, no, no],
    ['AT', no, 'tag', 2, no, yes, no, no],
    ['CS', no, 'text', 1, no, yes, yes, no],
    ['DA', no, 'text', 1, no, yes, no, no],
    ['DS', no, 'text', 1, no, yes, yes, yes],
    ['DT', no, 'text', 1, no, yes, no, no],
    ['FD', no, 'number', 8, no, yes, no, yes],
    ['FL', no, 'number', 4, no, yes, no, yes],
    ['IS', no, 'text', 1, no, yes, yes, yes],
    ['LO', no, 'text', 1, yes, yes, yes, no],
    ['LT', no, 'text', 1, yes, no, no, yes],
    ['OB', yes, 'binary', 1, no, no, no, yes],
    ['OD', yes, 'binary', 8, no, no, no, yes],
    ['OF', yes, 'binary', 4, no, no, no, yes],
    ['OL', yes, 'binary', 4, no, no, no, yes],
    ['OV', yes, 'binary', 8, no, no, no, yes],
    ['OW', yes, 'binary', 2, no, no, no, yes],
    ['PN', no, 'text', 1, yes, yes, no, no],
    ['SH', no, 'text', 1, yes, yes, yes, no],
    ['SL', no, 'number', 4, no, yes, no, yes],
    ['SQ', yes, 'sequence', 1, no, yes, no, no],
    ['SS', no, 'number', 2, no, yes, no, yes],
    ['ST', no, 'text', 1, yes, no, no, yes],
    ['SV', yes, 'number', 8, no, yes, no, yes],
    ['TM', no, 'text', 1, no, yes, no, no],
    ['UC', yes, 'text', 1, yes, yes, no, yes],
    ['UI', no, 'text', 1, no, yes, no, no],
    ['UL', no, 'number', 4, no, yes, no, yes],
    ['UN', yes, 'binary', 1, no, no, no, yes],
    ['UR', yes, 'text', 1, no, no, no, no],
    ['US', no, 'number', 2, no, yes, no, yes],
    ['UT', yes, 'text', 1, yes, no, no, yes],
    ['UV', yes, 'number', 8, no, yes, no, yes],
  ];

const byName = new Map<string, VrTraits>();
/** Indexed by the two letters as a big-endian number: 0 is no VR, n is `traitsList[n - 1]`. */
const indexByCode = new Uint8Array(65536);
const traitsList: VrTraits[] = [];

for (const [vr, longLength, kind, unitBytes, charset, multiple, trimStart, bulk] of table) {
  const traits = { vr, longLength, kind, unitBytes, charset, multiple, trimStart, bulk };
  traitsList.push(traits);
  byName.set(vr, traits);
  indexByCode[(vr.charCodeAt(0) << 8) | vr.charCodeAt(1)] = traitsList.length;
}

/** The traits of a VR of PS3.5. */
export function vrTraits(vr: ValueRepresentation): VrTraits {
  const traits = byName.get(vr);
  if (!traits) throw new TypeError(`not a VR: ${vr}`);
  return traits;
}

/** The traits of what may be a VR; `undefined` when it is none of PS3.5. */
export function findVrTraits(text: string): VrTraits | undefined {
  return byName.get(text);
}

/** The VR written as these two bytes, `undefined` when they are no VR of PS3.5. */
export function vrTraitsOfBytes(first: number, second: number): VrTraits | undefined {
  const index = indexByCode[(first << 8) | second] ?? 0;
  return index === 0 ? undefined : traitsList[index - 1];
}
