import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { type CliHome, makeCliHome, runCli } from './run-cli.ts';
import { storedZip } from './stored-zip.ts';

let home: CliHome;
const study = testUid();
const series = testUid();
const instances = Array.from({ length: 20 }, () => {
  const uid = testUid();
  return {
    uid,
    bytes: makeInstance({
      attributes: { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: uid },
      image: {},
    }),
  };
});
const bytesAt = (i: number) => instances[i]?.bytes ?? new Uint8Array(0);
const isocenter = (...args: string[]) => runCli(args, home.environment);

beforeAll(async () => {
  home = await makeCliHome();
  const folder = join(home.folder, 'cd');
  await mkdir(join(folder, 'IMAGES', 'deeper'), { recursive: true });
  await writeFile(
    join(folder, 'DICOMDIR'),
    makeInstance({ attributes: { SOPClassUID: '1.2.840.10008.1.3.10' } }),
  );
  await writeFile(join(folder, 'IMAGES', 'IM1'), bytesAt(0));
  await writeFile(join(folder, 'IMAGES', 'deeper', 'IM2.dcm'), bytesAt(1));
  await writeFile(join(folder, 'readme.txt'), 'Thank you for choosing our hospital.');
  await writeFile(join(folder, 'empty'), '');
  await writeFile(join(folder, 'broken.zip'), 'PK\x03\x04 and then the disc was scratched');
  await symlink(join(folder, 'gone'), join(folder, 'dangling'));
  await symlink(folder, join(folder, 'IMAGES', 'loop'));
  const inZip = instances
    .slice(2)
    .map(({ bytes }, i) => [`../../dir/${i}.dcm`.slice(i % 2 ? 0 : 6), bytes] as const);
  await writeFile(
    join(folder, 'IMAGES', 'more.zip'),
    storedZip({ 'dir/': new Uint8Array(0), ...Object.fromEntries(inZip) }),
  );
});
afterAll(() => home?.remove());

describe('isocenter import', () => {
  it('stores folders, zips and what a DICOMDIR stands for, lists what it refused, and may be run again', async () => {
    const first = await isocenter('import', join(home.folder, 'cd', 'DICOMDIR'));
    expect(first.stdout, first.stderr).toMatch(
      /^20 stored, 0 stored before, 4 refused; .* MB in .* s \(.* MB\/s\)$/m,
    );
    for (const name of ['readme.txt', 'empty', 'dangling', 'broken.zip'])
      expect(first.stderr).toContain(join(home.folder, 'cd', name));
    expect(first.stderr).not.toContain('DICOMDIR');
    // The link leads nowhere and the zip cannot be read: what was in them is not stored.
    expect(first.code).toBe(1);
    const again = await isocenter('import', join(home.folder, 'cd'));
    expect(again.stdout).toMatch(/^0 stored, 20 stored before, 4 refused/m);
    expect(again.code).toBe(1);
  });

  it('ends with 1 and a reason when nothing could be stored, or a path is not there', async () => {
    const nothing = await isocenter('import', join(home.folder, 'cd', 'readme.txt'));
    expect(nothing.code).toBe(1);
    const missing = await isocenter('import', join(home.folder, 'nowhere'));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('nowhere');
    expect(missing.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('isocenter export and verify', () => {
  it('write the bytes that were stored, and find them whole until one is damaged', async () => {
    const out = join(home.folder, 'out');
    const exported = await isocenter('export', out, '--study', study);
    expect(exported.stdout).toContain('20 files written');
    expect(await readdir(join(out, study, series))).toHaveLength(20);
    for (const { uid, bytes } of instances.slice(0, 3)) {
      expect((await readFile(join(out, study, series, `${uid}.dcm`))).equals(bytes)).toBe(true);
    }
    const whole = await isocenter('verify');
    expect(whole.stdout).toContain('20 objects are as they were stored, 0 are damaged');
    expect(whole.code).toBe(0);
    const objects = join(home.folder, 'data', 'objects', 'instances');
    const [one = ''] = (await readdir(objects, { recursive: true })).filter((name) => name.endsWith('.dcm'));
    await rm(join(objects, one));
    const damaged = await isocenter('verify');
    expect(damaged.stdout).toContain('19 objects are as they were stored, 1 are damaged');
    expect(damaged.stderr).toMatch(/^missing: [\d.]+ \(instances\//m);
    expect(damaged.code).toBe(1);
  });

  it('say what is wrong with a study that is not there, or no UID', async () => {
    for (const uid of ['1.2.3', '../../etc']) {
      const answer = await isocenter('export', join(home.folder, 'out2'), '--study', uid);
      expect(answer.code).toBe(1);
      expect(answer.stderr).not.toMatch(/\n\s+at /);
    }
  });
});
