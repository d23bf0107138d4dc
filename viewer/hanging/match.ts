import type { Candidate, Facts } from './facts.ts';
import type { HangingProtocol, Stage, TilePlan } from './protocol.ts';
import { holdsBy, scoreOf, weightOf } from './rules.ts';

/** The studies that protocols are matched with; candidates in the order of the series panel. */
export interface StudiesToHang {
  readonly current: readonly Candidate[];
  /** The study that is compared with, when one is open. */
  readonly prior: readonly Candidate[];
}

/** What a tile is given. */
export interface HungTile {
  readonly candidate: Candidate;
  readonly plan: TilePlan;
}

/** A stage with its tiles filled; undefined where nothing fits. */
export interface HungStage {
  readonly stage: Stage;
  readonly tiles: readonly (HungTile | undefined)[];
}

/** Why a protocol was chosen: a fact and its value, with what it counts. */
export interface Reason {
  readonly fact: string;
  readonly value: string;
  readonly weight: number;
}

export interface Match {
  readonly protocol: HangingProtocol;
  readonly score: number;
  readonly reasons: readonly Reason[];
  /** The stages that can be shown; at least one. */
  readonly stages: readonly HungStage[];
}

const keyOf = (candidate: Candidate) => `${candidate.displaySetId}@${candidate.index ?? ''}`;

/** The best candidate of a plan that is not taken; of equals the first. */
function choose(plan: TilePlan, candidates: readonly Candidate[], taken: ReadonlySet<string>) {
  let best: { candidate: Candidate; score: number } | undefined;
  for (const candidate of candidates) {
    if (taken.has(keyOf(candidate)) && !plan.mayRepeat) continue;
    const score = scoreOf(plan.series, candidate.facts);
    if (score === undefined) continue;
    if (!best || score > best.score) best = { candidate, score };
  }
  return best?.candidate;
}

/** Fills the tiles of a stage in their order. */
export function hangStage(stage: Stage, studies: StudiesToHang): HungStage | undefined {
  const taken = new Set<string>();
  const tiles = stage.tiles.map((plan): HungTile | undefined => {
    const candidate = choose(plan, plan.study ? studies.prior : studies.current, taken);
    if (!candidate) return undefined;
    taken.add(keyOf(candidate));
    return { candidate, plan };
  });
  const filled = tiles.filter((tile) => tile !== undefined);
  if (filled.length < (stage.needed ?? 1)) return undefined;
  if (!stage.isCompact || filled.length === tiles.length) return { stage, tiles };
  const columns = Math.min(stage.grid.columns, filled.length);
  const grid = { rows: Math.ceil(filled.length / columns), columns };
  return { stage: { ...stage, grid }, tiles: filled };
}

/** The facts of a whole study: all values of all its candidates. */
function studyFacts(candidates: readonly Candidate[], priorCount: number): Facts {
  const all = <K extends keyof Facts>(name: K) => [
    ...new Set(candidates.flatMap((candidate) => candidate.facts[name] as readonly unknown[])),
  ];
  const [first] = candidates;
  const names = Object.keys(first?.facts ?? {}) as (keyof Facts)[];
  const joined = Object.fromEntries(names.map((name) => [name, all(name)])) as unknown as Facts;
  const imageCount = candidates.reduce((sum, candidate) => sum + candidate.imageCount, 0);
  return { ...joined, imageCount: [imageCount], priorCount: [priorCount] };
}

function matchProtocol(protocol: HangingProtocol, studies: StudiesToHang, facts: Facts): Match | undefined {
  const score = scoreOf(protocol.study, facts);
  if (score === undefined) return undefined;
  const stages = protocol.stages.flatMap((stage) => hangStage(stage, studies) ?? []);
  if (stages.length === 0) return undefined;
  const reasons = protocol.study.flatMap((rule): Reason[] => {
    const value = holdsBy(rule, facts);
    if (value === undefined) return [];
    return [{ fact: rule.fact, value: value === true ? '' : String(value), weight: weightOf(rule) }];
  });
  return { protocol, score, reasons, stages };
}

/** All protocols that fit, best first; of equals the one listed first. */
export function matchProtocols(protocols: readonly HangingProtocol[], studies: StudiesToHang): Match[] {
  if (studies.current.length === 0) return [];
  const facts = studyFacts(studies.current, studies.prior.length > 0 ? 1 : 0);
  return protocols
    .flatMap((protocol) => matchProtocol(protocol, studies, facts) ?? [])
    .sort((a, b) => b.score - a.score);
}
