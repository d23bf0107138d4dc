/** Who is right where two archives differ. Never the other one: then ours has a defect, which is to be mended and not listed. */
export type Right =
  /** The Standard decides against the peer. */
  | 'ours'
  /** The Standard leaves the choice. */
  | 'either';

/** A kind of difference from a peer, and what decides it. */
export interface Kind<Difference> {
  what: string;
  /** Of the Standard: `PS3.18 F.2.5`. */
  section: string;
  right: Right;
  applies(difference: Difference): boolean;
}

/** What of `differences` no kind of `table` covers, and the kinds that were not met, whose entries are out of date. */
export function sortOut<Difference>(
  table: readonly Kind<Difference>[],
  differences: readonly Difference[],
): { unlisted: Difference[]; met: Map<string, number>; unmet: string[] } {
  const met = new Map<string, number>();
  const unlisted: Difference[] = [];
  for (const difference of differences) {
    const kind = table.find((one) => one.applies(difference));
    if (kind) met.set(kind.what, (met.get(kind.what) ?? 0) + 1);
    else unlisted.push(difference);
  }
  return { unlisted, met, unmet: table.map(({ what }) => what).filter((what) => !met.has(what)) };
}
