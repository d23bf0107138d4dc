import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Access } from '../../../server/auth/access.ts';
import { createPool, type Pool } from '../../../storage/index/pool.ts';
import { type CliHome, makeCliHome, runCli } from './run-cli.ts';

let home: CliHome;
let pool: Pool;
beforeAll(async () => {
  home = await makeCliHome();
  pool = createPool(
    { connection: { connectionString: home.environment.ISOCENTER_DATABASE_URL ?? '' } },
    2,
    () => undefined,
  );
});
afterAll(async () => {
  await pool?.end();
  await home?.remove();
});

const isocenter = (args: string[], input?: string) => runCli(args, home.environment, input);

describe('isocenter user', () => {
  it('adds a user with a password that it makes, or that it is given', async () => {
    const made = await isocenter(['user', 'add', 'anna', '--role', 'radiologist', 'technologist']);
    expect(made.code, made.stderr).toBe(0);
    const password = /once: (\S+)/.exec(made.stdout)?.[1] ?? '';
    const access = new Access(pool);
    expect((await access.signIn('anna', password, 'test')).principal.roles).toEqual([
      'radiologist',
      'technologist',
    ]);
    const changed = await isocenter(
      ['user', 'password', 'anna', '--password-stdin'],
      'a password of my own\n',
    );
    expect(changed.stdout).not.toContain('a password of my own');
    await expect(access.signIn('anna', password, 'test')).rejects.toThrow();
    expect((await access.signIn('anna', 'a password of my own', 'test')).principal.username).toBe('anna');
  });

  it('makes, lists and revokes keys', async () => {
    const access = new Access(pool);
    const made = await isocenter(['user', 'key', 'anna', '--label', 'CT 1']);
    const key = /^(isk_\S+)$/m.exec(made.stdout)?.[1] ?? '';
    expect((await access.byApiKey(key))?.username).toBe('anna');
    const number = /API key (\d+)/.exec(made.stdout)?.[1] ?? '';
    const listed = await isocenter(['user', 'keys']);
    expect(listed.stdout).toContain('CT 1');
    expect(listed.stdout).not.toContain(key);
    expect((await isocenter(['user', 'revoke', number])).code).toBe(0);
    expect(await access.byApiKey(key)).toBeUndefined();
    const { rows } = await pool.query(
      "SELECT transaction, resource FROM audit_event WHERE actor LIKE 'shell:%' AND method = 'COMMAND' ORDER BY audit_event_id",
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { transaction: 'Add a user', resource: 'anna' },
        { transaction: 'Make an API key', resource: 'anna' },
        { transaction: 'Revoke an API key', resource: null },
      ]),
    );
  });

  it.each([
    [['user', 'add', 'ben', '--role', 'king'], /administrator, radiologist/],
    [['user', 'add', 'anna', '--role', 'ris'], /already/],
    [['user', 'password', 'nobody'], /no user nobody/],
    [['nonsense'], /unknown command|too many arguments/],
  ])('ends %j with 1 and a sentence', async (args, sentence) => {
    const answer = await isocenter(args);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(sentence);
    expect(answer.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('isocenter doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const answer = await isocenter(['doctor']);
    for (const part of ['settings', 'database', 'index', 'object store'])
      expect(answer.stdout).toContain(`ok    ${part}:`);
  });

  it('lists all that is wrong with the settings at once, and shows no secret', async () => {
    const answer = await runCli(['doctor'], {
      ISOCENTER_PORT: '99999',
      ISOCENTER_AUTH: 'off',
      ISOCENTER_HOST: '0.0.0.0',
      ISOCENTER_DATABASE_URL: 'mysql://root:topsecret@db/x',
      ISOCENTER_S3_SECRET_KEY: 'alsosecret',
      ISOCENTER_TLS_CERT: '/tmp/cert.pem',
      ISOCENTER_WORKER: '4',
    });
    expect(answer.code).toBe(1);
    for (const name of [
      'PORT',
      'AUTH',
      'DATABASE_URL',
      'S3_ENDPOINT',
      'S3_BUCKET',
      'S3_ACCESS_KEY',
      'TLS_KEY',
      'WORKER',
    ]) {
      expect(answer.stderr).toMatch(new RegExp(`^\\s*ISOCENTER_${name} is`, 'm'));
    }
    expect(answer.stderr).toContain('"99999"');
    expect(answer.stderr).toContain('What to do');
    expect(answer.stderr + answer.stdout).not.toMatch(/topsecret|alsosecret/);
    expect(answer.stderr).not.toMatch(/\n\s+at /);
  });

  it('says what to do when services do not answer', async () => {
    const database = await runCli(['doctor'], {
      ...home.environment,
      ISOCENTER_DATABASE_URL: 'postgresql://x:topsecret@127.0.0.1:1/x',
    });
    expect(database.code).toBe(1);
    expect(database.stderr).toMatch(/FAIL {2}database:\n.*ECONNREFUSED/);
    expect(database.stderr).toContain('see that PostgreSQL');
    expect(database.stderr).not.toContain('topsecret');
    const store = await runCli(['doctor'], {
      ...home.environment,
      ISOCENTER_S3_ENDPOINT: 'http://127.0.0.1:1',
      ISOCENTER_S3_BUCKET: 'none',
      ISOCENTER_S3_ACCESS_KEY: 'x',
      ISOCENTER_S3_SECRET_KEY: 'topsecret',
    });
    expect(store.code).toBe(1);
    expect(store.stdout).toContain('ok    database');
    expect(store.stderr).toMatch(/FAIL {2}object store:/);
    expect(store.stderr).not.toContain('topsecret');
  });
});

describe('isocenter serve', () => {
  it('refuses to start with settings that are wrong, all named', async () => {
    const answer = await runCli(['serve'], { ISOCENTER_PORT: 'x', ISOCENTER_AUTH: 'oidc' });
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/ISOCENTER_PORT is "x"/);
    expect(answer.stderr).toMatch(/ISOCENTER_AUTH is "oidc"/);
  });
});
