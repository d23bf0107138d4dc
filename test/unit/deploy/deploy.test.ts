import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SETTING_NAMES } from '../../../server/config/settings.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const service = z.object({
  image: z.string().regex(/:[\w.-]*\d/, 'a pinned version'),
  environment: z.record(z.string(), z.string()),
  restart: z.literal('unless-stopped'),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  volumes: z.array(z.string()),
  ports: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
});
const compose = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(read('deploy/compose.yaml')));
const { isocenter, postgres, minio } = compose.services;

/** Instructions of the Dockerfile, continued lines joined. */
const instructions = read('deploy/Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));

/** The variables of the compose file with what follows the name: `:?…` or `:-…`. */
const variables = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+)(:[?-])?[^}]*\}/g)].map(
  ([, name = '', kind = '']) => ({ name, kind }),
);

describe('the compose file', () => {
  it('runs Isocenter with PostgreSQL 18 and MinIO, each checked for health', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['isocenter', 'minio', 'postgres']);
    expect(postgres?.image).toMatch(/^postgres:18\./);
    expect(minio?.image).toMatch(/minio:RELEASE\./);
    expect(postgres?.healthcheck).toBeDefined();
    expect(minio?.healthcheck).toBeDefined();
    expect(isocenter?.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      minio: { condition: 'service_healthy' },
    });
  });

  it('uses settings that exist, and all that production needs', () => {
    const used = Object.keys(isocenter?.environment ?? {});
    for (const name of used) expect(SETTING_NAMES).toContain(name);
    for (const part of ['DATABASE_URL', 'S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']) {
      expect(used).toContain(`ISOCENTER_${part}`);
    }
  });

  it('has no default password, and names every secret in .env.example, empty', () => {
    const example = read('deploy/.env.example');
    for (const { name, kind } of variables) {
      expect(example, name).toMatch(new RegExp(`^${name}=`, 'm'));
      if (/PASSWORD|USER|SECRET/.test(name)) {
        expect(kind, `${name} must be given`).toBe(':?');
        expect(example, name).toMatch(new RegExp(`^${name}=$`, 'm'));
      }
    }
    expect(variables.map(({ name }) => name)).toContain('POSTGRES_PASSWORD');
    expect(variables.map(({ name }) => name)).toContain('MINIO_ROOT_PASSWORD');
  });

  it('keeps what must outlive a container in named volumes', () => {
    for (const each of Object.values(compose.services)) {
      for (const volume of each.volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
    expect(postgres?.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(minio?.volumes).toEqual(['minio:/data']);
  });

  it('publishes nothing beyond loopback unless told to', () => {
    expect(isocenter?.ports).toEqual([expect.stringContaining(':-127.0.0.1:8080}')]);
    expect(postgres?.ports).toBeUndefined();
    expect(minio?.ports).toBeUndefined();
  });

  it('gives the read-only container a place to write where its settings say', () => {
    const dataDirectory = instructions
      .map(({ rest }) => /ISOCENTER_DATA_DIR=(\S+)/.exec(rest)?.[1])
      .find(Boolean);
    expect(isocenter?.read_only).toBe(true);
    expect(isocenter?.volumes).toContain(`isocenter:${dataDirectory}`);
    expect(isocenter?.tmpfs).toEqual(['/tmp']);
  });

  it('builds from a Dockerfile that exists', () => {
    const { context = '', dockerfile = '' } = isocenter?.build ?? {};
    expect(existsSync(join(root, 'deploy', context, dockerfile))).toBe(true);
  });
});

describe('the Dockerfile', () => {
  const copies = instructions.filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from='));
  const sources = copies.flatMap(({ rest }) => rest.split(' ').slice(0, -1));

  it('copies what is there, and what its ignore file lets through', () => {
    const allowed = read('deploy/Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(allowed).toContain(source);
    }
    for (const path of allowed) expect(sources).toContain(path);
  });

  it('brings every file that the configuration of the build names', () => {
    expect(sources).toEqual(
      expect.arrayContaining(['package-lock.json', 'tsconfig.build.json', 'scripts', 'viewer']),
    );
  });

  it('pins its base, and runs as a user other than root with production packages only', () => {
    expect(instructions[0]).toEqual({
      name: 'ARG',
      rest: expect.stringMatching(/^NODE_IMAGE=node:2\d\.\d+\.\d+-\w+/),
    });
    const last = instructions.map(({ name }) => name).lastIndexOf('FROM');
    expect(instructions.slice(last)).toContainEqual({ name: 'USER', rest: 'node' });
    expect(read('deploy/Dockerfile')).toContain('npm prune --omit=dev');
  });

  it('checks health at a path the server has, and starts a file the build makes', () => {
    expect(instructions.find(({ name }) => name === 'HEALTHCHECK')?.rest).toContain(
      '/app/deploy/healthcheck.mjs',
    );
    expect(read('deploy/healthcheck.mjs')).toContain("'/healthz'");
    expect(read('server/telemetry/routes.ts')).toContain("'/healthz'");
    const { bin } = z
      .object({ bin: z.object({ isocenter: z.string() }) })
      .parse(JSON.parse(read('package.json')));
    expect(instructions.find(({ name }) => name === 'ENTRYPOINT')?.rest).toContain(`/app/${bin.isocenter}`);
  });

  it('sets only settings that exist', () => {
    const names = instructions
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ rest }) => rest.match(/ISOCENTER_\w+/g) ?? []);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(SETTING_NAMES).toContain(name);
  });
});
