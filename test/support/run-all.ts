import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPORT_VARIABLE, readReport } from './services-report.ts';

// `npm test`: every check there is, the quick ones first and beside each other. Arguments go to vitest: `npm test -- test/unit`.
interface Stage {
  name: string;
  command: string[];
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname, '..', '..');
const tool = (name: string) => join(root, 'node_modules', '.bin', name);

const quickStages: Stage[] = [
  { name: 'Lint and format', command: [tool('biome'), 'check', '--error-on-warnings', '.'] },
  {
    name: 'Imports between rooms',
    command: [
      tool('depcruise'),
      '--config',
      '.dependency-cruiser.mjs',
      'server',
      'storage',
      'viewer',
      'test',
    ],
  },
  { name: 'Dead code', command: [tool('knip')] },
  { name: 'Types', command: [tool('tsc'), '--noEmit'] },
  { name: 'Build', command: [process.execPath, 'scripts/build.mjs'] },
];

/** Runs a command; answers its exit code and, unless it goes to this terminal at once, what it has written. */
function run(
  command: string[],
  { environment = {}, isShown }: { environment?: Record<string, string>; isShown: boolean },
): Promise<{ code: number; output: string }> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk) => {
        output += String(chunk);
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const secondsSince = (begin: number) => `${((Date.now() - begin) / 1000).toFixed(1)} s`;

/** Says what a stage has come to once it has ended: of stages that run beside each other, each stands in one piece. */
async function runQuickStage({ name, command }: Stage): Promise<boolean> {
  const begin = Date.now();
  const { code, output } = await run(command, { isShown: false });
  const verdict = code === 0 ? 'passed' : 'FAILED';
  console.log(`\n=== ${name} ===\n${output}=== ${name}: ${verdict} in ${secondsSince(begin)} ===`);
  return code === 0;
}

/** Vitest's own counts. A run that failed without a failed test (an error between tests, a file that doesn't load) counts one. */
async function readCounts(path: string, isGreen: boolean): Promise<Counts> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const results: {
    numPassedTests?: number;
    numFailedTests?: number;
    numPendingTests?: number;
    numTodoTests?: number;
  } = JSON.parse(text);
  const failed = results.numFailedTests ?? 0;
  return {
    passed: results.numPassedTests ?? 0,
    failed: isGreen ? failed : Math.max(failed, 1),
    skipped: (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0),
  };
}

function printServices(report: Awaited<ReturnType<typeof readReport>>): void {
  console.log('\nTested against:');
  for (const service of report.used) console.log(`  ${service}`);
  for (const data of report.withoutData) console.log(`\n*** WITHOUT DATA: ${data}`);
  for (const reason of report.leftOut) console.log(`\n*** LEFT OUT: ${reason}`);
}

async function runTests(folder: string): Promise<Counts> {
  const results = join(folder, 'results.json');
  const services = join(folder, 'services.jsonl');
  const command = [
    tool('vitest'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...process.argv.slice(2),
  ];
  console.log('\n=== Tests ===');
  const begin = Date.now();
  const { code } = await run(command, { environment: { [REPORT_VARIABLE]: services }, isShown: true });
  const isGreen = code === 0;
  console.log(`=== Tests: ${isGreen ? 'passed' : 'FAILED'} in ${secondsSince(begin)} ===`);
  const counts = await readCounts(results, isGreen);
  const report = await readReport(services);
  printServices(report);
  const isCI = ['true', '1'].includes(process.env.CI ?? '');
  if (isCI && report.leftOut.length > 0) {
    console.log('\nUnder CI nothing may be left out: the run has failed.');
    counts.failed += report.leftOut.length;
  }
  return counts;
}

async function runAll(): Promise<Counts> {
  const failed = (await Promise.all(quickStages.map(runQuickStage))).filter((isGreen) => !isGreen).length;
  if (failed > 0) return { passed: 0, failed, skipped: 0 };
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-run-'));
  try {
    return await runTests(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const begin = Date.now();
const { passed, failed, skipped } = await runAll();
console.log(`\n${((Date.now() - begin) / 60_000).toFixed(1)} minutes`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
