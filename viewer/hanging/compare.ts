import type { Candidate, FactName } from './facts.ts';
import type { HungStage, HungTile, Match } from './match.ts';
import type { HangingProtocol, Stage, TilePlan } from './protocol.ts';

/** What it counts when two image sets have the same value; a contradiction counts as much against. */
const likeness: readonly (readonly [FactName, number])[] = [
  ['modality', 100],
  ['view', 60],
  ['laterality', 60],
  ['orientation', 40],
  ['weighting', 40],
  ['bodyPart', 20],
  ['seriesDescription', 25],
];

const lower = (values: readonly (string | number)[]) => values.map((value) => String(value).toLowerCase());

function likenessOf(a: Candidate, b: Candidate): number {
  let score = 0;
  for (const [fact, weight] of likeness) {
    const [here, there] = [lower(a.facts[fact]), lower(b.facts[fact])];
    if (here.length === 0 || there.length === 0) continue;
    const isShared = here.some((value) => there.includes(value));
    // Descriptions differ between scanners for the same thing: that says little.
    if (isShared) score += weight;
    else if (fact !== 'seriesDescription' && fact !== 'bodyPart') score -= weight;
  }
  const [few, many] = [a.imageCount, b.imageCount].sort((x, y) => x - y) as [number, number];
  return score + 15 * (few / many);
}

/** What of a prior is most like an image set of the current study; undefined when the prior has no images. */
export function mostAlike(candidate: Candidate, prior: readonly Candidate[]): Candidate | undefined {
  let best: { candidate: Candidate; score: number } | undefined;
  for (const other of prior) {
    const score = likenessOf(candidate, other);
    if (!best || score > best.score) best = { candidate: other, score };
  }
  return best?.candidate;
}

const widestComparison = 3;

function stageOf(id: string, rows: number, tiles: readonly (HungTile | undefined)[]): HungStage {
  const stage: Stage = {
    id,
    grid: { rows, columns: tiles.length / rows },
    tiles: tiles.map(() => ({ series: [] })),
    isLinked: true,
  };
  return { stage, tiles };
}

const hung = (candidate: Candidate | undefined, plan: Partial<TilePlan> = {}): HungTile | undefined =>
  candidate && { candidate, plan: { series: [], start: { fraction: 0.5 }, ...plan } };

/**
 * Current beside prior: first what the reader looks at with what is most like it; then several of the current study, each
 * over its like. `planFor` tells how what is like the looked-at one opens. Undefined when the prior has no images.
 */
export function compareWithPrior(
  looked: Candidate,
  current: readonly Candidate[],
  prior: readonly Candidate[],
  planFor: (like: Candidate) => Partial<TilePlan>,
): Match | undefined {
  const like = mostAlike(looked, prior);
  if (!like) return undefined;
  const stages = [stageOf('besidePrior', 1, [hung(looked), hung(like, planFor(like))])];
  const isOver = (candidate: Candidate) => candidate === looked || candidate.imageCount >= 10;
  const row = [looked, ...current.filter((entry) => entry !== looked && isOver(entry))].slice(
    0,
    widestComparison,
  );
  if (row.length > 1) {
    const under = row.map((candidate) =>
      candidate === looked ? hung(like, planFor(like)) : hung(mostAlike(candidate, prior)),
    );
    stages.push(stageOf('overPrior', 2, [...row.map((candidate) => hung(candidate)), ...under]));
  }
  const protocol: HangingProtocol = { id: 'compare', study: [], stages: stages.map(({ stage }) => stage) };
  return { protocol, score: 0, reasons: [], stages };
}
