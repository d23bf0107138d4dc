import { describe, expect, it } from 'vitest';
import type { Method, Route } from '../../../../server/http/route.ts';
import { RouteTable } from '../../../../server/http/route-table.ts';

const route = (method: Method, template: string): Route => ({
  method,
  template,
  transaction: `${method} ${template}`,
  section: 'none',
  permission: 'public',
  handle: async () => undefined,
});

const table = new RouteTable([
  route('OPTIONS', ''),
  route('GET', '/studies'),
  route('POST', '/studies'),
  route('GET', '/studies/{study}'),
  route('DELETE', '/studies/{study}'),
  route('GET', '/studies/{study}/bulkdata'),
  route('GET', '/studies/{study}/bulkdata/{*path}'),
  route('GET', '/studies/{study}/{other}'),
]);

const found = (method: string, path: string) => {
  const one = table.find(method, path);
  return one && [one.route.template, one.parameters];
};

describe('a table of routes', () => {
  it.each([
    ['OPTIONS', '', '', {}],
    ['OPTIONS', '/', '', {}],
    ['GET', '/studies', '/studies', {}],
    ['GET', '/studies/', '/studies', {}],
    ['GET', '/studies/1.2', '/studies/{study}', { study: '1.2' }],
    ['GET', '/studies/1.2/', '/studies/{study}', { study: '1.2' }],
    ['DELETE', '/studies/1.2', '/studies/{study}', { study: '1.2' }],
    ['GET', '/studies/a%2Fb%20c', '/studies/{study}', { study: 'a/b c' }],
    ['GET', '/studies/100%', '/studies/{study}', { study: '100%' }],
    ['GET', '/studies/1/bulkdata', '/studies/{study}/bulkdata', { study: '1' }],
    ['GET', '/studies/1/else', '/studies/{study}/{other}', { study: '1', other: 'else' }],
    ['GET', '/studies/1/bulkdata/a', '/studies/{study}/bulkdata/{*path}', { study: '1', path: 'a' }],
    [
      'GET',
      '/studies/1/bulkdata/a/b%2Fc/d',
      '/studies/{study}/bulkdata/{*path}',
      { study: '1', path: 'a/b/c/d' },
    ],
  ])('finds for %s %j the route %j', (method, path, template, parameters) => {
    expect(found(method, path)).toEqual([template, parameters]);
  });

  it.each([
    ['GET', ''],
    ['GET', '/Studies'],
    ['GET', '/studies//'],
    ['GET', '/studies//bulkdata/a'],
    ['PUT', '/studies'],
    ['GET', '/studies/1/2/3'],
    ['GET', '//studies'],
    ['GET', '/series'],
  ])('finds none for %s %j', (method, path) => {
    expect(found(method, path)).toBeUndefined();
  });

  it('knows the methods of a resource', () => {
    expect([...table.methodsOf('/studies')].sort()).toEqual(['GET', 'POST']);
    expect([...table.methodsOf('/studies/1')].sort()).toEqual(['DELETE', 'GET']);
    expect([...table.methodsOf('/')]).toEqual(['OPTIONS']);
    expect(table.methodsOf('/series').size).toBe(0);
  });
});
