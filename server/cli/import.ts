import { auditCommand, complain, say, withServices } from './command.ts';
import { dicomSources, isDicomdir } from './dicom-sources.ts';
import { isFault, type Refused, type StoreSummary, storeSources } from './store-sources.ts';

/**
 * `isocenter import`: stores every instance below `paths`. What is stored already is said so, so it can be run again after it was cut
 * off. Exit code 1 when the archive failed, a file could not be read, or nothing at all could be stored; files that are refused are listed.
 */
export function importPaths(paths: readonly string[]): Promise<void> {
  return withServices(async (services) => {
    let expected = 0;
    for await (const { name } of dicomSources(paths)) if (!isDicomdir(name)) expected += 1;
    const summary = await storeSources(services.archive, withoutDicomdirs(paths), expected);
    const { stored, already, refused } = summary;
    auditCommand(services, 'Import', { detail: { stored, already, refused: refused.length } });
    report(summary);
    if (summary.refused.some(isFault) || (summary.stored + summary.already === 0 && expected > 0))
      process.exitCode = 1;
  });
}

/** A DICOMDIR names the instances beside it, which come by themselves. */
async function* withoutDicomdirs(paths: readonly string[]) {
  for await (const source of dicomSources(paths)) if (!isDicomdir(source.name)) yield source;
}

function report({ stored, already, refused, bytes, seconds }: StoreSummary): void {
  for (const [reason, names] of byReason(refused)) {
    complain(`refused: ${reason}`);
    for (const name of names) complain(`  ${name}`);
  }
  const rate = (bytes / 1e6 / Math.max(seconds, 0.001)).toFixed(1);
  say(
    `${stored} stored, ${already} stored before, ${refused.length} refused; ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s (${rate} MB/s)`,
  );
}

function byReason(refused: readonly Refused[]): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { name, detail } of refused) reasons.set(detail, [...(reasons.get(detail) ?? []), name]);
  return reasons;
}
