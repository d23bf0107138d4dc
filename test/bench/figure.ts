/** What a figure has to be: the ratio ours / peer, or ours alone. */
export interface Goal {
  readonly of: 'ratio' | 'ours';
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What is asked, where a bound alone doesn't say it. */
  readonly text?: string;
}

/** What ours is held against; `missing` says what to install, where it is not there. */
export type PeerFigure =
  | { readonly name: string; readonly value: number }
  | { readonly name: string; readonly missing: string };

/** One line of the table. */
export interface Figure {
  /** The name that `npm run bench` takes. Several figures may come from one row. */
  readonly row: string;
  readonly what: string;
  /** Such as `requests/s`. */
  readonly unit: string;
  readonly ours: number;
  readonly peer?: PeerFigure;
  readonly goal: Goal;
  readonly note?: string;
}

export type Verdict = 'met' | 'NOT met' | 'no peer';

export function ratioOf({ ours, peer }: Figure): number | undefined {
  return peer && 'value' in peer ? ours / peer.value : undefined;
}

export function verdictOn(figure: Figure): Verdict {
  const value = figure.goal.of === 'ours' ? figure.ours : ratioOf(figure);
  if (value === undefined) return 'no peer';
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = figure.goal;
  return value >= atLeast && value <= atMost ? 'met' : 'NOT met';
}

/** Such as `>= 2x Orthanc` or `<= 150 MB`. */
export function goalText({ goal, peer, unit }: Figure): string {
  if (goal.text) return goal.text;
  const bound = (sign: string, limit: number | undefined) =>
    limit === undefined
      ? []
      : [goal.of === 'ratio' ? `${sign} ${limit}x ${peer?.name}` : `${sign} ${limit} ${unit}`];
  return [...bound('>=', goal.atLeast), ...bound('<=', goal.atMost)].join(', ');
}
