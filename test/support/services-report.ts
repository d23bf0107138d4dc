import { appendFile, readFile } from 'node:fs/promises';

/** The variable that names the file in which a run gathers what it tested against. */
export const REPORT_VARIABLE = 'TEST_SERVICES_REPORT';

/** A real service that the run uses, or what it must leave out and why. */
export type ServiceNote = { used: string } | { leftOut: string };

/** Notes it for the end of `npm test`; says aloud what is left out in any case. */
export async function report(note: ServiceNote): Promise<void> {
  if ('leftOut' in note) console.error(`\n*** LEFT OUT: ${note.leftOut}\n`);
  const path = process.env[REPORT_VARIABLE];
  if (path) await appendFile(path, `${JSON.stringify(note)}\n`);
}

/** All that was noted in the file, each once. */
export async function readReport(path: string): Promise<{ used: string[]; leftOut: string[] }> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const notes = [...new Set(text.split('\n'))].filter(Boolean).map((line) => JSON.parse(line) as ServiceNote);
  return {
    used: notes.flatMap((note) => ('used' in note ? [note.used] : [])),
    leftOut: notes.flatMap((note) => ('leftOut' in note ? [note.leftOut] : [])),
  };
}
