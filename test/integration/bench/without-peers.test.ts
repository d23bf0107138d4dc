import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatedFigure } from '../../bench/report.ts';
import { buildServer } from '../../support/built-server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..', '..');
let folder: string;

beforeAll(async () => {
  await buildServer();
  folder = await mkdtemp(join(tmpdir(), 'isocenter-no-peers-'));
  await symlink(process.execPath, join(folder, 'node'));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** `npm run bench` on a machine with nothing but Node. */
async function bench(...given: string[]): Promise<string> {
  const command = ['--import', 'tsx', join('test', 'bench', 'main.ts'), '--no-build', ...given];
  const { stdout, stderr } = await run(process.execPath, command, {
    cwd: root,
    env: { ...process.env, PATH: folder },
  });
  return stdout + stderr;
}

describe('the benchmarks where no peer is installed', () => {
  it('say what to install, measure ours alone, and end well', async () => {
    const json = join(folder, 'figures.json');
    const output = await bench('frame', '--rounds', '1', '--seconds', '1', '--json', json);
    expect(output).toContain('Orthanc is not installed: apt-get install orthanc orthanc-dicomweb');
    expect(output).toContain('nginx is not installed: apt-get install nginx-light');
    expect(output).toContain('wrk is not installed: apt-get install wrk');
    const figures = JSON.parse(await readFile(json, 'utf8')) as DatedFigure[];
    expect(figures.map(({ peer }) => peer)).toEqual([
      { name: 'Orthanc', missing: 'apt-get install orthanc orthanc-dicomweb' },
      { name: 'nginx', missing: 'apt-get install nginx-light' },
    ]);
    for (const { ours } of figures) expect(ours).toBeGreaterThan(0);
  }, 120_000);

  it('refuse a row that there is not', async () => {
    await expect(bench('no-such-row')).rejects.toThrow('no such row: no-such-row');
  });
});
