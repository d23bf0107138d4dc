import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPORT_VARIABLE, readReport } from './services-report.ts';

// `npm test`: every check there is, the quick ones first. Arguments go to vitest: `npm test -- test/unit`.
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

const stages: Stage[] = [
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

/** Runs a command in this terminal; answers its exit code. */
function run(command: string[], extraEnvironment: Record<string, string> = {}): Promise<number> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...extraEnvironment },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runStage(
  name: string,
  command: string[],
  environment?: Record<string, string>,
): Promise<boolean> {
  console.log(`\n=== ${name} ===`);
  const begin = Date.now();
  const code = await run(command, environment);
  console.log(
    `=== ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - begin) / 1000).toFixed(1)} s ===`,
  );
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
  const isGreen = await runStage('Tests', command, { [REPORT_VARIABLE]: services });
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
  for (const { name, command } of stages) {
    if (!(await runStage(name, command))) return { passed: 0, failed: 1, skipped: 0 };
  }
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
