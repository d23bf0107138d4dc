import type { Facts } from './facts.ts';
import type { Rule } from './protocol.ts';

const defaultWeight = 10;

const textFacts = ['bodyPart', 'studyDescription', 'seriesDescription'] as const;

function valuesOf(rule: Rule, facts: Facts): readonly (string | number)[] {
  return rule.fact === 'anyText' ? textFacts.flatMap((name) => facts[name]) : facts[rule.fact];
}

/** Whether a word of the text begins with `start`: `head` finds `CT Head w/o`, not `forehead`; `_` and digits end a word. */
function hasWord(text: string, start: string): boolean {
  const wanted = start.toLowerCase();
  return text
    .toLowerCase()
    .split(/[^\p{L}\d*+]+/u)
    .some((word) => word.startsWith(wanted));
}

function fits(value: string | number, rule: Rule): boolean {
  if (typeof value === 'number') {
    const isListed = rule.anyOf === undefined || rule.anyOf.includes(String(value));
    return isListed && value >= (rule.atLeast ?? -Infinity) && value <= (rule.atMost ?? Infinity);
  }
  const same = (entry: string) => entry.toLowerCase() === value.trim().toLowerCase();
  if (rule.anyOf) return rule.anyOf.some(same);
  return rule.words?.some((word) => hasWord(value, word)) ?? false;
}

/** The value that a rule holds by; `true` when it holds because there is none; undefined when it doesn't hold. */
export function holdsBy(rule: Rule, facts: Facts): string | number | true | undefined {
  const found = valuesOf(rule, facts).find((value) => fits(value, rule));
  if (rule.not) return found === undefined ? true : undefined;
  return found;
}

/** The sum of the weights of the rules that hold; undefined when a required one doesn't. */
export function scoreOf(rules: readonly Rule[], facts: Facts): number | undefined {
  let score = 0;
  for (const rule of rules) {
    const holds = holdsBy(rule, facts) !== undefined;
    if (!holds && rule.isRequired) return undefined;
    if (holds) score += rule.weight ?? defaultWeight;
  }
  return score;
}

export const weightOf = (rule: Rule): number => rule.weight ?? defaultWeight;
