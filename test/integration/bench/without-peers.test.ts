import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

const commandOf = (...given: string[]) => [
  '--import',
  'tsx',
  join('test', 'bench', 'main.ts'),
  '--no-build',
  ...given,
];

/** `npm run bench` on a machine with nothing but Node. */
async function bench(...given: string[]): Promise<{ stdout: string; stderr: string }> {
  return await run(process.execPath, commandOf(...given), {
    cwd: root,
    env: { ...process.env, PATH: folder },
  });
}

describe('the benchmarks where no peer is installed', () => {
  it('say what to install, measure ours alone, and end well', async () => {
    const json = join(folder, 'figures.json');
    const { stdout, stderr } = await bench('frame', '--rounds', '1', '--seconds', '1', '--json', json);
    expect(stderr).toContain('measuring frame ...');
    expect(stderr).toContain('Orthanc is not installed: apt-get install orthanc orthanc-dicomweb');
    expect(stderr).toContain('nginx is not installed: apt-get install nginx-light');
    expect(stderr).toContain('wrk is not installed: apt-get install wrk');
    const figures = JSON.parse(await readFile(json, 'utf8')) as DatedFigure[];
    expect(figures.map(({ peer }) => peer)).toEqual([
      { name: 'Orthanc', missing: 'apt-get install orthanc orthanc-dicomweb' },
      { name: 'nginx', missing: 'apt-get install nginx-light' },
    ]);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['frame', 'frame']);
    for (const { ours } of figures) expect(ours).toBeGreaterThan(0);
  }, 120_000);

  it('refuse a row that there is not', async () => {
    await expect(bench('no-such-row')).rejects.toThrow('no such row: no-such-row');
  });

  it('refuse a file for the figures that cannot be written before they measure', async () => {
    const file = join(folder, 'nowhere', 'figures.json');
    const refused = await bench('frame', '--json', file).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`--json ${file}`) });
    expect(refused).not.toMatchObject({ stderr: expect.stringContaining('measuring') });
  });

  it('stop at Ctrl+C, say so, and leave no files', async () => {
    const temporary = join(folder, 'tmp');
    await mkdir(temporary);
    const child = spawn(process.execPath, commandOf('start'), {
      cwd: root,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const made = async () => (await readdir(temporary)).filter((name) => /bench/.test(name));
    await vi.waitFor(async () => expect(await made()).not.toEqual([]), { timeout: 30_000 });
    const ended = once(child, 'exit');
    // npm passes on what the terminal has sent.
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(said).toBe('measuring start ...\nstopped\n');
    expect(await made()).toEqual([]);
  }, 120_000);
});
