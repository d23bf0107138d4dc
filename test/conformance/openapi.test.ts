import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../server/api/routes.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { request } from './requests.ts';

interface Operation {
  summary: string;
  security: unknown[];
  parameters: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: { type: string } }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
});
afterAll(() => server?.stop());

async function document(): Promise<{
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
}> {
  const answer = await request(server.url, '/api/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  return JSON.parse(answer.text);
}

describe('the OpenAPI description', () => {
  it('is of version 3.1 and of this product', async () => {
    const { openapi, info } = await document();
    expect(openapi).toMatch(/^3\.1\./);
    expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('holds every route of the API and no other', async () => {
    const { paths } = await document();
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const routes = apiRoutes({
      ...server.services,
      notDiagnosticNotice: true,
      servedByTls: false,
      version: '0',
    });
    expect(described.sort()).toEqual(
      routes.map(({ method, template }) => `${method.toLowerCase()} /api${template}`).sort(),
    );
  });

  it('names for each operation its parameters, its answers and who may', async () => {
    for (const [path, operations] of Object.entries((await document()).paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect(operation.summary, name).toMatch(/^[A-Z]/);
        const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, variable]) => variable);
        expect(
          operation.parameters.filter((one) => one.in === 'path').map((parameter) => parameter.name),
          name,
        ).toEqual(variables);
        expect(
          Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)),
          name,
        ).toBe(true);
        expect(operation.responses.default?.content, name).toHaveProperty('application/problem+json');
        expect(Array.isArray(operation.security), name).toBe(true);
        if (method === 'post' || method === 'put')
          expect(operation.requestBody?.content['application/json']?.schema, name).toMatchObject(
            path === '/api/preferences/{name}' ? {} : { type: 'object' },
          );
      }
    }
  });
});
