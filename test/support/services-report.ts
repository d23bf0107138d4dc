import { appendFile, readFile } from 'node:fs/promises';

/** The variable that names the file in which a run gathers what it tested against. */
export const REPORT_VARIABLE = 'TEST_SERVICES_REPORT';

/**
 * A real service that the run uses; or what it must leave out for want of one, and why (a failure under CI); or test data that isn't on
 * this machine.
 */
export type ServiceNote = { used: string } | { leftOut: string } | { withoutData: string };

/** Notes it for the end of `npm test`; says aloud what is left out in any case. */
export async function report(note: ServiceNote): Promise<void> {
  if ('leftOut' in note) console.error(`\n*** LEFT OUT: ${note.leftOut}\n`);
  if ('withoutData' in note) console.error(`\n*** WITHOUT DATA: ${note.withoutData}\n`);
  const path = process.env[REPORT_VARIABLE];
  if (path) await appendFile(path, `${JSON.stringify(note)}\n`);
}

/** All that was noted in the file, each once. */
export async function readReport(
  path: string,
): Promise<Record<'used' | 'leftOut' | 'withoutData', string[]>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const notes = [...new Set(text.split('\n'))]
    .filter(Boolean)
    .map((line): Record<string, string> => JSON.parse(line));
  const all = (kind: string) => notes.flatMap((note) => note[kind] ?? []);
  return { used: all('used'), leftOut: all('leftOut'), withoutData: all('withoutData') };
}
