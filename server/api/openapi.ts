import { z } from 'zod';
import type { ApiRoute } from './api-route.ts';

/** The OpenAPI 3.1 description of `routes`, made of their schemas, so that it cannot say anything else. */
export function openApiOf(routes: readonly ApiRoute[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `/api${route.template}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Isocenter administration',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'isocenter_session' },
      },
    },
    paths,
  };
}

function operationOf({ template, transaction, permission, query, request, response, status }: ApiRoute) {
  const variables = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const failures = {
    description: 'RFC 9457',
    content: { 'application/problem+json': { schema: { type: 'object' } } },
  };
  return {
    summary: transaction,
    'x-permission': permission,
    security: permission === 'public' ? [] : [{ apiKey: [] }, { session: [] }],
    parameters: [
      ...variables.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
        name,
        in: 'query',
        required: false,
        schema: z.toJSONSchema(schema as z.ZodType, { io: 'input' }),
      })),
    ],
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: z.toJSONSchema(request, { io: 'input' }) } },
      },
    }),
    responses: {
      [status]: {
        description: transaction,
        ...(response && { content: { 'application/json': { schema: z.toJSONSchema(response) } } }),
      },
      default: failures,
    },
  };
}
