import { execFileSync } from 'node:child_process';
import { closeConnections, median } from './load.ts';
import { simulateLongDay } from './long-day.ts';
import { type Peer, startIsocenter, startOrthanc } from './peers.ts';
import { ROWS, type Row } from './rows.ts';
import { VIEWER_ROWS, type ViewerResult } from './viewer-rows.ts';

const ROUNDS = 5;

interface Result {
  name: string;
  unit: string;
  isocenter: number;
  orthanc: number | undefined;
  ratio: number | undefined;
}

/** Alternates the peers, so that a slow moment of the machine meets both. */
async function measure(row: Row): Promise<Result> {
  const peers: Peer[] = [];
  try {
    peers.push(await startIsocenter());
    const orthanc = await startOrthanc();
    if (orthanc) peers.push(orthanc);
    else
      console.log(
        'Orthanc is not installed (apt-get install orthanc orthanc-dicomweb): ours is measured alone',
      );
    for (const peer of peers) await row.prepare?.(peer.root);
    const rates = new Map(peers.map((peer) => [peer.name, [] as number[]]));
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const peer of peers) {
        const rate = await row.measure(peer.root, round);
        // The first round warms up.
        if (round > 0) rates.get(peer.name)?.push(rate);
      }
    }
    const isocenter = median(rates.get('isocenter') ?? []);
    const peer = rates.get('orthanc');
    const theirs = peer && median(peer);
    return {
      name: row.name,
      unit: row.unit,
      isocenter,
      orthanc: theirs,
      ratio: theirs && isocenter / theirs,
    };
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes('all') || wanted.includes(name);
const rows = ROWS.filter(({ name }) => isWanted(name));
const viewerRows = VIEWER_ROWS.filter(({ names }) => names.some(isWanted));
/** Takes minutes, and compares with nobody: only by its name. */
const longDay = 'viewer-long-day';
const isLongDay = wanted.includes(longDay);
if (rows.length + viewerRows.length === 0 && !isLongDay) {
  const names = [longDay, ...ROWS.map(({ name }) => name), ...VIEWER_ROWS.flatMap((row) => row.names)];
  console.error(`no such row; the rows are ${names.join(', ')}, or all`);
  process.exit(1);
}
const targets = viewerRows.length > 0 || isLongDay ? [] : ['--server-only'];
execFileSync(process.execPath, ['scripts/build.mjs', ...targets], { stdio: 'inherit' });

const results: (Result | ViewerResult)[] = [];
function report(result: Result | ViewerResult): void {
  results.push(result);
  const [name, theirs] = 'ohif' in result ? ['OHIF', result.ohif] : ['Orthanc', result.orthanc];
  const peer =
    theirs === undefined ? '' : `  ${name} ${theirs.toFixed(1)}  ratio ${result.ratio?.toFixed(2)}`;
  console.log(`${result.name.padEnd(18)} ${result.isocenter.toFixed(1)} ${result.unit}${peer}`);
}
for (const row of rows) report(await measure(row));
for (const row of viewerRows) for (const result of await row.measure()) report(result);
if (isLongDay) console.log(JSON.stringify(await simulateLongDay()));
console.log(JSON.stringify(results));
closeConnections();
