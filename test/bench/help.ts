import { GOALS } from './goals.ts';
import { defaultRounds, defaultSeconds } from './options.ts';
import type { RowFamily } from './row.ts';

export const HELP = `Usage: npm run bench -- [options] NAME ...

NAME is a row, or all; without one, and with --list, the rows are listed. all takes some 25 minutes and writes the table of
docs/PERFORMANCE.md. Figures go to standard output, progress to standard error.

Options:
  --list         lists the rows, and measures nothing
  --rounds N     rounds that count, after one that warms up: 1 to 99, ${defaultRounds} if not given
  --seconds N    how long each server is read from in a round: 1 to 99, ${defaultSeconds} if not given
  --json FILE    writes the figures into FILE as JSON, too
  --write        puts the rows that were measured into the table of docs/PERFORMANCE.md; takes at least ${defaultRounds} rounds of
                 ${defaultSeconds} seconds. With index-growth and query-growth together, docs/growth.json and its pictures as well
  --install      installs Orthanc, nginx and wrk with apt-get where they are missing, if we may
  --no-build     takes dist/ as it is
  -h, --help     this text

Peers: Orthanc, nginx, wrk, Chromium and OHIF. Where one is missing, ours is measured alone and what to install is said. The rows of
the viewer install Chromium (apt-get, as root) and OHIF (npm) without being asked. test/bench/README.md says which row needs what.

Exit code: 0 when all rows ran, also where goals were missed or peers absent; 1 when a row failed or an argument was wrong; 130
when stopped with Ctrl+C.`;

/** Each row in a line, with what it measures, its goal, and a mark where `all` leaves it out. */
export function listOf(families: readonly RowFamily[]): string {
  const names = families.flatMap((family) => family.names);
  const width = Math.max(...names.map(({ length }) => length));
  const lines = families.flatMap((family) =>
    family.names.map((name) => {
      const { what, goal } = GOALS[name] ?? { what: '' };
      const text = goal === undefined ? what : `${what}: ${goal}`;
      return `${family.isInAll === false ? '*' : ' '} ${name.padEnd(width)}  ${text}`;
    }),
  );
  return [...lines, '', '* only by its name, not with all. npm run bench -- --help tells the options.'].join(
    '\n',
  );
}
