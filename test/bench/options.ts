import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly names: readonly string[];
  readonly isHelp: boolean;
  readonly isList: boolean;
  /** Peers that are missing are installed with apt-get, where we may. */
  readonly mayInstall: boolean;
  /** Rounds that count, after one that warms up. */
  readonly rounds: number;
  /** How long wrk drives one server in one round. */
  readonly seconds: number;
  /** Measured for as long as by default, at least; shorter looks are printed and forgotten. */
  readonly isKept: boolean;
  /** A file for the figures as JSON. */
  readonly json: string | undefined;
  /** Puts what was measured into docs/PERFORMANCE.md; `all` does it by itself. Only where `isKept`. */
  readonly isWritten: boolean;
  /** False: dist/ is taken as it is. */
  readonly isBuilt: boolean;
}

export const defaultRounds = 3;
export const defaultSeconds = 3;

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`--${name} ${text}: right is a whole number from 1 to 99`);
  return Number(text);
}

function parse(given: readonly string[]) {
  return parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      list: { type: 'boolean', default: false },
      install: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(defaultRounds) },
      seconds: { type: 'string', default: String(defaultSeconds) },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
}

function readable(given: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(given);
  } catch (error) {
    // Node's advice after the first sentence is about file names that begin with a dash.
    const [problem] = error instanceof Error ? error.message.split(/[.\n]/) : [];
    throw new Error(`${problem}; npm run bench -- --help tells the options`);
  }
}

/** Throws what is wrong with the arguments. */
export function readOptions(given: readonly string[]): BenchOptions {
  const { values, positionals } = readable(given);
  const rounds = wholeNumber('rounds', values.rounds);
  const seconds = wholeNumber('seconds', values.seconds);
  const isKept = rounds >= defaultRounds && seconds >= defaultSeconds;
  const isWritten = values.write || positionals.includes('all');
  if (values.write && !isKept)
    throw new Error(
      `--write takes at least ${defaultRounds} rounds of ${defaultSeconds} seconds: shorter looks are not kept`,
    );
  return {
    names: positionals,
    isHelp: values.help,
    isList: values.list || positionals.length === 0,
    mayInstall: values.install,
    rounds,
    seconds,
    isKept,
    json: values.json,
    isWritten: isWritten && isKept,
    isBuilt: !values['no-build'],
  };
}
