import { sweepOrphans, verifyBlobs } from '../archive/upkeep/check-integrity.ts';
import { auditCommand, complain, say, withServices } from './command.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** `isocenter verify`: exit code 1 when an object is missing or is not what was stored. */
export function verify({
  sweep = false,
  evenMany = false,
}: {
  sweep?: boolean;
  evenMany?: boolean;
}): Promise<void> {
  return withServices(async (services) => {
    const { archive } = services;
    let whole = 0;
    let damaged = 0;
    for await (const finding of verifyBlobs(archive)) {
      if (finding) {
        damaged += 1;
        complain(`${finding.damage}: ${finding.sopInstanceUID} (${finding.blobKey})`);
      } else whole += 1;
    }
    say(`${whole} objects are as they were stored, ${damaged} are damaged`);
    if (sweep) {
      const removed = await sweepOrphans(archive, new Date(Date.now() - DAY_MS), evenMany);
      auditCommand(services, 'Sweep', { detail: { removed } });
      say(`${removed} leftovers of cut-off uploads removed`);
    }
    if (damaged > 0) process.exitCode = 1;
  });
}
