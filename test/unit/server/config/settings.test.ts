import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSettings, SETTING_NAMES, SettingsError } from '../../../../server/config/settings.ts';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

/** One that can be read. */
const FILE = fileURLToPath(import.meta.url);

const S3 = {
  ISOCENTER_S3_ENDPOINT: 'http://minio:9000',
  ISOCENTER_S3_BUCKET: 'dicom',
  ISOCENTER_S3_ACCESS_KEY: 'ak',
  ISOCENTER_S3_SECRET_KEY: 'sk',
};

describe('the settings', () => {
  it('have the defaults of the contract', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      databaseUrl: undefined,
      s3: undefined,
      authentication: 'local',
      publicUrl: undefined,
      tls: undefined,
      notDiagnosticNotice: true,
      cacheBytes: 128 * 1024 * 1024,
    });
    expect(isAbsolute(settings.dataDirectory)).toBe(true);
    expect(settings.dataDirectory).toMatch(/data$/);
    expect(settings.workers).toBeGreaterThanOrEqual(1);
  });

  it('are read, each of them', () => {
    const settings = readSettings({
      ...S3,
      ISOCENTER_HOST: '0.0.0.0',
      ISOCENTER_PORT: '443',
      ISOCENTER_DATA_DIR: '/srv/isocenter',
      ISOCENTER_DATABASE_URL: 'postgresql://u:p@db:5432/isocenter',
      ISOCENTER_DATABASE_REPLICA_URL: 'postgresql://u:p@standby:5432/isocenter',
      ISOCENTER_S3_REGION: 'eu-central-1',
      ISOCENTER_WORKERS: '3',
      ISOCENTER_CACHE_MB: '7',
      ISOCENTER_PUBLIC_URL: 'https://pacs.example/archive//',
      ISOCENTER_TLS_CERT: FILE,
      ISOCENTER_TLS_KEY: FILE,
    });
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 443,
      dataDirectory: '/srv/isocenter',
      databaseUrl: 'postgresql://u:p@db:5432/isocenter',
      databaseReplicaUrl: 'postgresql://u:p@standby:5432/isocenter',
      s3: {
        endpoint: 'http://minio:9000',
        bucket: 'dicom',
        region: 'eu-central-1',
        accessKey: 'ak',
        secretKey: 'sk',
      },
      workers: 3,
      cacheBytes: 7 * 1024 * 1024,
      publicUrl: 'https://pacs.example/archive',
      tls: { certificatePath: FILE, keyPath: FILE },
    });
  });

  it('that are empty count as not set; other variables are nobody’s business', () => {
    expect(
      readSettings({
        ISOCENTER_PORT: '',
        ISOCENTER_DATABASE_URL: '',
        PATH: '/bin',
        ISOCENTER_TEST_S3_ENDPOINT: 'x',
      }),
    ).toMatchObject({ port: 8080, databaseUrl: undefined });
  });

  it('list all problems at once: the name, what was given, what would be right', () => {
    const problems = problemsOf({
      ISOCENTER_PORT: '70000',
      ISOCENTER_WORKERS: 'many',
      ISOCENTER_AUTH: 'none',
      ISOCENTER_PUBLIC_URL: 'pacs.example',
      ISOCENTER_S3_BUCKET: 'A',
      ISOCENTER_TLS_KEY: FILE,
      ISOCENTER_PROT: '1',
    });
    const names = problems.map((problem) => /^ISOCENTER_\w+/.exec(problem)?.[0]);
    expect([...new Set(names)].sort()).toEqual(
      [
        'ISOCENTER_AUTH',
        'ISOCENTER_PORT',
        'ISOCENTER_PROT',
        'ISOCENTER_PUBLIC_URL',
        'ISOCENTER_S3_ACCESS_KEY',
        'ISOCENTER_S3_BUCKET',
        'ISOCENTER_S3_ENDPOINT',
        'ISOCENTER_S3_SECRET_KEY',
        'ISOCENTER_TLS_CERT',
        'ISOCENTER_WORKERS',
      ].sort(),
    );
    expect(names).toHaveLength(new Set(names).size);
    expect(problems).toContain('ISOCENTER_PORT is "70000"; right is a whole number from 0 to 65535');
    expect(problems).toContain('ISOCENTER_AUTH is "none"; right is local, oidc or off');
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('let ISOCENTER_AUTH=off listen on %s', (host) => {
    expect(readSettings({ ISOCENTER_AUTH: 'off', ISOCENTER_HOST: host }).authentication).toBe('off');
  });

  it.each(['0.0.0.0', '::', '10.0.0.5', 'pacs.example', 'localhost.example', '127.0.0.1.example'])(
    'refuse ISOCENTER_AUTH=off on %s',
    (host) => {
      expect(problemsOf({ ISOCENTER_AUTH: 'off', ISOCENTER_HOST: host }).join()).toContain(
        'ISOCENTER_AUTH is "off"',
      );
    },
  );

  it.each([
    'ISOCENTER_PORT=0x10',
    'ISOCENTER_PORT=-1',
    'ISOCENTER_PORT=8080 ',
    'ISOCENTER_PORT=1e3',
    'ISOCENTER_WORKERS=0',
    'ISOCENTER_DATABASE_URL=http://db',
    'ISOCENTER_DATABASE_URL=db',
    'ISOCENTER_DATABASE_REPLICA_URL=postgresql://u:p@standby/isocenter',
    'ISOCENTER_PUBLIC_URL=ftp://x',
    'ISOCENTER_WORKERS=65',
    'ISOCENTER_CACHE_MB=-1',
    'ISOCENTER_CACHE_MB=65537',
  ])('refuse %s', (pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/);
    expect(problemsOf({ [name]: value })).toHaveLength(1);
  });

  it('never show a secret', () => {
    const problems = problemsOf({
      ISOCENTER_DATABASE_URL: 'mysql://root:hunter2@db',
      ISOCENTER_S3_ACCESS_KEY: 'hunter3',
      ISOCENTER_S3_SECRET_KEY: 'hunter4',
    });
    expect(problems.join()).not.toMatch(/hunter/);
    expect(problems.join()).toContain('ISOCENTER_DATABASE_URL is set (not shown)');
  });

  it('are all named', () => {
    expect(SETTING_NAMES).toEqual(
      expect.arrayContaining(['ISOCENTER_HOST', 'ISOCENTER_S3_SECRET_KEY', 'ISOCENTER_TLS_KEY']),
    );
  });
});
