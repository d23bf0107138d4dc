import { z } from 'zod';
import type { ArchiveParts } from '../archive/archive-parts.ts';
import { type InstanceVersion, listVersions, openVersion } from '../archive/store/instance-versions.ts';
import { HttpError } from '../http/http-errors.ts';
import type { ApiRoute } from './api-route.ts';

const versionSchema = z.object({
  /** From 1, in the order of storing. */
  version: z.int(),
  /** The one that searches and retrievals give. */
  current: z.boolean(),
  storedAt: z.iso.datetime(),
  replacedAt: z.iso.datetime().nullable(),
  sopClassUID: z.string(),
  transferSyntaxUID: z.string(),
  sizeBytes: z.int(),
  /** Of the stored bytes, in hexadecimal digits. */
  sha256: z.string(),
});

const COMMON = { section: 'API', permission: 'admin:system', status: 200 } as const;
const INSTANCE = '/studies/{study}/series/{series}/instances/{instance}';

/** The objects that others of the same UIDs took the place of, for administrators. */
export function instanceVersionRoutes(archive: ArchiveParts): ApiRoute[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      template: `${INSTANCE}/versions`,
      transaction: 'List versions of an instance',
      response: z.array(versionSchema),
      handle: async (context, parameters) => {
        context.body = (await listVersions(archive, scopeOf(parameters))).map(view);
      },
    },
    {
      ...COMMON,
      method: 'GET',
      template: `${INSTANCE}/versions/{version}`,
      transaction: 'Retrieve a version of an instance',
      handle: async (context, parameters) => {
        const { version: text = '' } = parameters;
        if (!/^[1-9]\d{0,8}$/.test(text))
          throw new HttpError(400, 'The version in the URL is not a number from 1.');
        const { version, content } = await openVersion(archive, scopeOf(parameters), Number(text));
        context.body = content;
        context.set('Content-Type', 'application/dicom');
        context.set('Content-Length', String(version.sizeBytes));
      },
    },
  ];
}

function scopeOf({ study = '', series = '', instance = '' }: Readonly<Record<string, string>>) {
  return { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: instance };
}

function view(version: InstanceVersion): z.infer<typeof versionSchema> {
  return {
    version: version.version,
    current: version.replacedAt === null,
    storedAt: version.storedAt.toISOString(),
    replacedAt: version.replacedAt?.toISOString() ?? null,
    sopClassUID: version.sopClassUID,
    transferSyntaxUID: version.transferSyntaxUID,
    sizeBytes: version.sizeBytes,
    sha256: Buffer.from(version.digest).toString('hex'),
  };
}
