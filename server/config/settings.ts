import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Addresses that only this machine can reach. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);

function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOSTS.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function integerBetween(lowest: number, highest: number) {
  const right = `a whole number from ${lowest} to ${highest}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, right)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, right);
}

function urlOf(protocols: readonly string[], right: string) {
  return z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return protocols.includes(url.protocol) && (url.host !== '' || protocols.includes('postgresql:'));
  }, right);
}

/** Values parted by commas, each of which `check` must let through. */
function listOf(check: (one: string) => boolean, right: string) {
  return z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine((list) => list.every(check), right);
}

function isNetwork(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text);
}

/** Each takes connections to PostgreSQL, which has some hundreds. */
const MOST_WORKERS = 64;
const MOST_CACHE_MB = 65_536;
const BYTES_OF_A_MB = 1024 * 1024;

/**
 * Every setting: its check and, as the message, what would be right. Names and defaults are fixed by
 * docs/ARCHITECTURE.md; deployments rely on them.
 */
const settingsSchema = z.object({
  ISOCENTER_HOST: z.string().min(1, 'a host name or address to listen on').default('127.0.0.1'),
  ISOCENTER_PORT: integerBetween(0, 65535).default(8080),
  ISOCENTER_DATA_DIR: z
    .string()
    .min(1, 'a folder')
    .default('./data')
    .transform((path) => resolve(path)),
  ISOCENTER_DATABASE_URL: urlOf(
    ['postgresql:', 'postgres:'],
    'postgresql://user:password@host:5432/name',
  ).optional(),
  ISOCENTER_DATABASE_REPLICA_URL: urlOf(
    ['postgresql:', 'postgres:'],
    'postgresql://user:password@host:5432/name',
  ).optional(),
  ISOCENTER_S3_ENDPOINT: urlOf(['http:', 'https:'], 'http(s)://host[:port]').optional(),
  ISOCENTER_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name: 3 to 63 of a-z, 0-9, dot and hyphen")
    .optional(),
  ISOCENTER_S3_REGION: z.string().min(1, "a region's name").default('us-east-1'),
  ISOCENTER_S3_ACCESS_KEY: z.string().min(1, 'an access key').optional(),
  ISOCENTER_S3_SECRET_KEY: z.string().min(1, 'a secret key').optional(),
  ISOCENTER_AUTH: z.enum(['local', 'oidc', 'off'], 'local, oidc or off').default('local'),
  ISOCENTER_WORKERS: integerBetween(1, MOST_WORKERS).optional(),
  ISOCENTER_CACHE_MB: integerBetween(0, MOST_CACHE_MB).default(128),
  ISOCENTER_PUBLIC_URL: urlOf(['http:', 'https:'], 'http(s)://host[:port][/path]')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  ISOCENTER_TRUSTED_PROXIES: listOf(
    isNetwork,
    'addresses or networks, such as 127.0.0.1,10.0.0.0/8',
  ).optional(),
  ISOCENTER_CORS_ORIGINS: listOf(isOrigin, 'origins such as https://viewer.example.org, or *').optional(),
  ISOCENTER_TLS_CERT: z.string().min(1, 'a PEM file').optional(),
  ISOCENTER_TLS_KEY: z.string().min(1, 'a PEM file').optional(),
  ISOCENTER_DUPLICATES: z.enum(['keep', 'replace', 'refuse'], 'keep, replace or refuse').default('keep'),
  ISOCENTER_NOT_DIAGNOSTIC_NOTICE: z.enum(['on', 'off'], 'on or off').default('on'),
  ISOCENTER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'debug, info, warn, error or silent')
    .default('info'),
});

type RawSettings = z.infer<typeof settingsSchema>;
type SettingName = keyof typeof settingsSchema.shape;

/** The names of all settings, for documents and checks. */
export const SETTING_NAMES = Object.keys(settingsSchema.shape) as SettingName[];

const SECRETS = new Set<string>([
  'ISOCENTER_DATABASE_URL',
  'ISOCENTER_DATABASE_REPLICA_URL',
  'ISOCENTER_S3_ACCESS_KEY',
  'ISOCENTER_S3_SECRET_KEY',
]);

/** Where objects are kept, when it is an S3 service. */
export interface S3Settings {
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

export interface Settings {
  host: string;
  /** 0 asks the system for a free port. */
  port: number;
  /** Absolute path. */
  dataDirectory: string;
  /** Undefined: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | undefined;
  /** A hot standby of that database, for searches; undefined: they run where all else does. */
  databaseReplicaUrl: string | undefined;
  /** Undefined: files in the data folder. */
  s3: S3Settings | undefined;
  authentication: 'local' | 'off';
  workers: number;
  /** Memory of each process for finished answers that may be asked for again; 0: none are kept. */
  cacheBytes: number;
  /** Without a slash at its end. */
  publicUrl: string | undefined;
  /** Addresses and networks (CIDR) whose forwarded headers are believed. */
  trustedProxies: readonly string[];
  /** Sites whose scripts may use the server, or `*`. */
  corsOrigins: readonly string[];
  /** Paths of PEM files. */
  tls: { certificatePath: string; keyPath: string } | undefined;
  /**
   * What becomes of an object whose UIDs (study, series, instance) are stored already. `keep`: the same bytes are answered as stored,
   * other ones refused, the first object stays. `replace`: the same bytes are answered as stored, other ones become the current
   * object, and the one before is kept as an earlier version. `refuse`: refused, even with the same bytes.
   */
  duplicates: RawSettings['ISOCENTER_DUPLICATES'];
  /** Whether the viewer, its prints and its exports say that they are not certified for diagnostic use. */
  notDiagnosticNotice: boolean;
  logLevel: RawSettings['ISOCENTER_LOG_LEVEL'];
}

/** All that is wrong with the settings, one line a problem: the name, what was given, what would be right. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'is not set';
  return SECRETS.has(name) ? 'is set (not shown)' : `is ${JSON.stringify(value)}`;
}

/** Reads the settings from `environment`; throws one `SettingsError` that lists every problem. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const given: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    // An empty variable is how compose files and shells say "not set".
    if (!name.startsWith('ISOCENTER_') || name.startsWith('ISOCENTER_TEST_') || !value) continue;
    if (name in settingsSchema.shape) given[name] = value;
    else problems.push(`${name} is not a setting; the settings are ${SETTING_NAMES.join(', ')}`);
  }
  const parsed = settingsSchema.safeParse(given);
  const failed = new Set<string>();
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    failed.add(name);
    problems.push(`${name} ${shown(name, given[name])}; right is ${issue.message}`);
  }
  problems.push(...combinationProblems(given, failed));
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return toSettings(parsed.data);
}

/** Settings that are right one by one, but not together. `failed` names are reported already. */
function combinationProblems(given: Readonly<Record<string, string>>, failed: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const host = given.ISOCENTER_HOST ?? '127.0.0.1';
  if (given.ISOCENTER_AUTH === 'off' && !isLoopbackHost(host)) {
    problems.push(
      `ISOCENTER_AUTH is "off" while ISOCENTER_HOST is ${JSON.stringify(host)}; right is local, or a loopback host such as 127.0.0.1`,
    );
  }
  if (given.ISOCENTER_AUTH === 'off' && given.ISOCENTER_CORS_ORIGINS?.includes('*')) {
    problems.push(
      'ISOCENTER_CORS_ORIGINS is "*" while ISOCENTER_AUTH is "off", so that any web page could read the archive; right is local, or the origins that may',
    );
  }
  if (given.ISOCENTER_AUTH === 'oidc') {
    problems.push('ISOCENTER_AUTH is "oidc", which this version cannot do yet; right is local');
  }
  if (given.ISOCENTER_DATABASE_REPLICA_URL !== undefined && given.ISOCENTER_DATABASE_URL === undefined) {
    problems.push(
      'ISOCENTER_DATABASE_REPLICA_URL is set (not shown) while ISOCENTER_DATABASE_URL is not; right is both, of a PostgreSQL and its standby',
    );
  }
  problems.push(
    ...togetherProblems(given, failed, S3_TOGETHER),
    ...togetherProblems(given, failed, TLS_TOGETHER),
    ...TLS_TOGETHER.flatMap((name) => fileProblems(name, given[name])),
  );
  return problems;
}

const S3_TOGETHER = [
  'ISOCENTER_S3_ENDPOINT',
  'ISOCENTER_S3_BUCKET',
  'ISOCENTER_S3_ACCESS_KEY',
  'ISOCENTER_S3_SECRET_KEY',
];
const TLS_TOGETHER = ['ISOCENTER_TLS_CERT', 'ISOCENTER_TLS_KEY'];

function fileProblems(name: string, path: string | undefined): string[] {
  if (path === undefined) return [];
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch {
    return [`${name} is ${JSON.stringify(path)}, which cannot be read; right is a PEM file that can`];
  }
}

function togetherProblems(
  given: Readonly<Record<string, string>>,
  failed: ReadonlySet<string>,
  together: readonly string[],
): string[] {
  const present = together.filter((name) => given[name] !== undefined);
  if (present.length === 0) return [];
  return together
    .filter((name) => given[name] === undefined && !failed.has(name))
    .map(
      (name) => `${name} is not set while ${present[0]} is; right is all of ${together.join(', ')}, or none`,
    );
}

function toSettings(raw: RawSettings): Settings {
  const { ISOCENTER_S3_ENDPOINT: endpoint, ISOCENTER_S3_BUCKET: bucket } = raw;
  const { ISOCENTER_S3_ACCESS_KEY: accessKey, ISOCENTER_S3_SECRET_KEY: secretKey } = raw;
  const { ISOCENTER_TLS_CERT: certificatePath, ISOCENTER_TLS_KEY: keyPath } = raw;
  return {
    host: raw.ISOCENTER_HOST,
    port: raw.ISOCENTER_PORT,
    dataDirectory: raw.ISOCENTER_DATA_DIR,
    databaseUrl: raw.ISOCENTER_DATABASE_URL,
    databaseReplicaUrl: raw.ISOCENTER_DATABASE_REPLICA_URL,
    s3:
      endpoint && bucket && accessKey && secretKey
        ? { endpoint, bucket, accessKey, secretKey, region: raw.ISOCENTER_S3_REGION }
        : undefined,
    authentication: raw.ISOCENTER_AUTH === 'off' ? 'off' : 'local',
    workers: raw.ISOCENTER_WORKERS ?? Math.min(MOST_WORKERS, availableParallelism()),
    cacheBytes: raw.ISOCENTER_CACHE_MB * BYTES_OF_A_MB,
    publicUrl: raw.ISOCENTER_PUBLIC_URL,
    trustedProxies: raw.ISOCENTER_TRUSTED_PROXIES ?? [],
    corsOrigins: raw.ISOCENTER_CORS_ORIGINS ?? [],
    tls: certificatePath && keyPath ? { certificatePath, keyPath } : undefined,
    duplicates: raw.ISOCENTER_DUPLICATES,
    notDiagnosticNotice: raw.ISOCENTER_NOT_DIAGNOSTIC_NOTICE === 'on',
    logLevel: raw.ISOCENTER_LOG_LEVEL,
  };
}
