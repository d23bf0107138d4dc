import type { Route } from './route.ts';

/** A template, cut at its slashes. */
interface Pattern {
  route: Route;
  /** What a segment must be or, in braces, the variable that it is. */
  segments: readonly { literal: string | undefined; variable: string }[];
  /** The variable that takes all segments that are left. */
  rest: string | undefined;
}

export interface FoundRoute {
  route: Route;
  parameters: Readonly<Record<string, string>>;
}

/** Routes by the number of their segments: a path is compared with the few that are as long as it. */
export class RouteTable {
  readonly #byLength = new Map<number, Pattern[]>();
  /** Those that end with a variable for the rest, of any length from theirs on. */
  readonly #open: Pattern[] = [];

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const pattern = patternOf(route);
      if (pattern.rest !== undefined) {
        this.#open.push(pattern);
        continue;
      }
      const { length } = pattern.segments;
      this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), pattern]);
    }
  }

  /**
   * The first route of `method` that `path` (below the prefix, percent-encoded) matches, and its variables, decoded; what is encoded
   * wrongly is left as it is. A slash at the end makes no difference.
   */
  find(method: string, path: string): FoundRoute | undefined {
    const segments = segmentsOf(path);
    for (const pattern of this.#candidates(segments.length)) {
      if (pattern.route.method === method && isMatch(pattern, segments))
        return { route: pattern.route, parameters: parametersOf(pattern, segments, path) };
    }
    return undefined;
  }

  /** The methods that the resource at `path` has; none where there is no such resource. */
  methodsOf(path: string): Set<string> {
    const segments = segmentsOf(path);
    const methods = new Set<string>();
    for (const pattern of this.#candidates(segments.length))
      if (isMatch(pattern, segments)) methods.add(pattern.route.method);
    return methods;
  }

  #candidates(length: number): readonly Pattern[] {
    const closed = this.#byLength.get(length) ?? [];
    const open = this.#open.filter(({ segments }) => length > segments.length);
    return open.length > 0 ? [...closed, ...open] : closed;
  }
}

function patternOf(route: Route): Pattern {
  const segments = segmentsOf(route.template).map((segment) => {
    const [, variable] = /^\{(\*?\w+)\}$/.exec(segment) ?? [];
    return variable === undefined ? { literal: segment, variable: '' } : { literal: undefined, variable };
  });
  const last = segments.at(-1)?.variable ?? '';
  if (!last.startsWith('*')) return { route, segments, rest: undefined };
  return { route, segments: segments.slice(0, -1), rest: last.slice(1) };
}

/** `/a/b`, `/a/b/` -> a, b; of nothing, and of a single slash, none. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/');
  segments.shift();
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function isMatch({ segments }: Pattern, given: readonly string[]): boolean {
  for (let i = 0; i < segments.length; i += 1) {
    const literal = segments[i]?.literal;
    if (literal === undefined ? given[i] === '' : given[i] !== literal) return false;
  }
  return true;
}

function parametersOf(
  { segments, rest }: Pattern,
  given: readonly string[],
  path: string,
): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (let i = 0; i < segments.length; i += 1) {
    const variable = segments[i]?.variable;
    if (variable) parameters[variable] = decoded(given[i] ?? '');
  }
  if (rest !== undefined)
    parameters[rest] = decoded(
      path
        .split('/')
        .slice(segments.length + 1)
        .join('/'),
    );
  return parameters;
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
