import { z } from 'zod';
import type { ArchiveParts } from '../archive/archive-parts.ts';
import {
  addAttribute,
  addedAttributeOf,
  listAddedAttributes,
  removeAttribute,
  type SearchableAttribute,
} from '../archive/search/searchable-attributes.ts';
import { HttpError } from '../http/http-errors.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { ApiRoute } from './api-route.ts';

const level = z.enum(['study', 'series', 'instance']);
const newAttributeSchema = z.strictObject({
  /** Keyword or tag, or several joined by dots where it lies in sequences. */
  attribute: z.string().min(1).max(512),
  level,
  privateCreator: z.string().max(64).optional(),
  vr: z.string().length(2).optional(),
});
const attributeSchema = z.object({
  number: z.int(),
  attribute: z.string(),
  /** Tags; those of private attributes with 10 for their block. */
  path: z.string(),
  privateCreator: z.string().nullable(),
  vr: z.string(),
  level,
  state: z.enum(['indexing', 'ready', 'removing']),
  progress: z.object({ indexedInstances: z.int(), totalInstances: z.int() }),
  /** Instances whose value does not fit the VR, which searches do not find by it; and a few of them. */
  unreadable: z.object({ instances: z.int(), sopInstanceUIDs: z.array(z.string()) }),
  lastError: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

const COMMON = { section: 'API', permission: 'admin:system' } as const;

/** The attributes that searches match on beside those of every archive, for administrators. */
export function searchableAttributeRoutes(archive: ArchiveParts): ApiRoute[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      template: '/searchable-attributes',
      transaction: 'List searchable attributes',
      response: z.array(attributeSchema),
      status: 200,
      handle: async (context) => {
        context.body = (await listAddedAttributes(archive)).map(view);
      },
    },
    {
      ...COMMON,
      method: 'POST',
      template: '/searchable-attributes',
      transaction: 'Make an attribute searchable',
      request: newAttributeSchema,
      response: attributeSchema,
      status: 202,
      handle: async (context) => {
        const added = await addAttribute(archive, await readJsonBody(context, newAttributeSchema));
        context.status = 202;
        context.set('Location', `/api/searchable-attributes/${added.pk}`);
        context.body = view(added);
      },
    },
    {
      ...COMMON,
      method: 'GET',
      template: '/searchable-attributes/{number}',
      transaction: 'How far a searchable attribute is',
      response: attributeSchema,
      status: 200,
      handle: async (context, { number = '' }) => {
        context.body = view(await addedAttributeOf(archive, numberOf(number)));
      },
    },
    {
      ...COMMON,
      method: 'DELETE',
      template: '/searchable-attributes/{number}',
      transaction: 'End the searching by an attribute',
      status: 204,
      handle: async (context, { number = '' }) => {
        await removeAttribute(archive, numberOf(number));
        context.status = 204;
      },
    },
  ];
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new HttpError(404, 'There is no searchable attribute of that number.');
  return Number(text);
}

function view(one: SearchableAttribute): z.input<typeof attributeSchema> {
  return {
    number: one.pk,
    attribute: one.keyword,
    path: one.path.join('.'),
    privateCreator: one.privateCreator || null,
    vr: one.vr,
    level: one.level,
    state: one.state,
    progress: { indexedInstances: one.indexedInstances, totalInstances: one.totalInstances },
    unreadable: { instances: one.unreadableInstances, sopInstanceUIDs: one.unreadableSamples },
    lastError: one.lastError,
    createdAt: one.createdAt.toISOString(),
  };
}
