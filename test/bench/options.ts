import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly names: readonly string[];
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
  /** Writes the table of docs/PERFORMANCE.md; `all` does it by itself. */
  readonly isWritten: boolean;
  /** False: dist/ is taken as it is. */
  readonly isBuilt: boolean;
}

const defaultRounds = 3;
const defaultSeconds = 3;

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`--${name} ${text}: right is a whole number from 1 to 99`);
  return Number(text);
}

export function readOptions(given: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      install: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(defaultRounds) },
      seconds: { type: 'string', default: String(defaultSeconds) },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
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
