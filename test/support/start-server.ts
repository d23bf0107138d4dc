import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createServerApp, openServices, type Services } from '../../server/compose.ts';
import { readSettings } from '../../server/config/settings.ts';
import { listen } from '../../server/http/listen.ts';
import { createLogger } from '../../server/telemetry/logger.ts';
import { dropSchema, freshSchemaName } from './postgres.ts';

export interface TestServer {
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
  /** The DICOMweb root, without a slash at its end. */
  dicomweb: string;
  services: Services;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  authentication?: 'local' | 'off';
  /** Default: what the run was told to use, which is files unless ISOCENTER_S3_* name a service. */
  store?: 'files' | 's3';
  /** Further settings, by name. */
  settings?: Readonly<Record<string, string>>;
}

/** A server of this process on a free port, over a schema and a prefix or folder that no other test has. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const databaseUrl = inject('databaseUrl');
  const schema = freshSchemaName();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'isocenter-server-'));
  const settings = readSettings({
    ...((options.store ?? inject('storeOfServers')) === 's3' ? s3Settings() : {}),
    ISOCENTER_PORT: '0',
    ISOCENTER_WORKERS: '1',
    ISOCENTER_AUTH: options.authentication ?? 'off',
    ISOCENTER_DATABASE_URL: databaseUrl,
    ISOCENTER_DATA_DIR: dataDirectory,
    ...options.settings,
  });
  const services = await openServices(settings, createLogger('silent'), { schema, s3Prefix: `${schema}/` });
  const listening = await listen(createServerApp(services), settings);
  return {
    url: listening.url,
    dicomweb: `${listening.url}/dicom-web`,
    services,
    stop: async () => {
      await listening.close(1000);
      await services.stop();
      await dropSchema(databaseUrl, schema);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function s3Settings(): Record<string, string> {
  const store = inject('objectStore');
  if (!store) throw new Error('no S3 service for tests on this machine; the end of the run says why');
  return {
    ISOCENTER_S3_ENDPOINT: store.endpoint,
    ISOCENTER_S3_BUCKET: store.bucket,
    ISOCENTER_S3_REGION: store.region,
    ISOCENTER_S3_ACCESS_KEY: store.accessKey,
    ISOCENTER_S3_SECRET_KEY: store.secretKey,
  };
}
