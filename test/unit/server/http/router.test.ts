import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../../../server/auth/permissions.ts';
import { HttpError } from '../../../../server/http/http-errors.ts';
import { problemOf } from '../../../../server/http/problem.ts';
import type { Route } from '../../../../server/http/route.ts';
import { routesMiddleware } from '../../../../server/http/router.ts';

function route(permission: string): Route {
  return {
    method: 'GET',
    template: '/things/{thing}',
    transaction: 'Get',
    section: 'none',
    permission,
    handle: async () => undefined,
  };
}

describe('the router denies by default', () => {
  it.each(['', 'dicom:everything', 'PUBLIC', 'undefined'])(
    'a route with the permission %j does not start',
    (permission) => {
      expect(() =>
        routesMiddleware('/x', [route(permission)], new Set(PERMISSIONS), () => undefined),
      ).toThrow(/GET \/x\/things\/\{thing\} names no known permission/);
    },
  );

  it('a route with a known permission does', () => {
    for (const permission of PERMISSIONS)
      expect(() =>
        routesMiddleware('/x', [route(permission)], new Set(PERMISSIONS), () => undefined),
      ).not.toThrow();
  });
});

describe('a problem', () => {
  class Coded extends Error {
    readonly code: string;
    constructor(code: string) {
      super('internal: password=secret');
      this.code = code;
    }
  }

  it.each([
    ['NOT_FOUND', 404],
    ['INVALID_SEARCH', 400],
    ['NOT_SIGNED_IN', 401],
    ['FORBIDDEN', 403],
    ['CONFLICT', 409],
    ['TOO_MANY_TRIES', 429],
  ])('of the code %s is a %i that says why', (code, status) => {
    expect(problemOf(new Coded(code))).toMatchObject({ status, detail: 'internal: password=secret' });
  });

  it.each([
    ['BLOB_STORE_UNAVAILABLE', 503],
    ['INDEX_UNAVAILABLE', 503],
    ['BLOB_STORE_FULL', 507],
    ['INDEX_FULL', 507],
    ['BLOB_NOT_FOUND', 500],
    ['ENOENT', 500],
    ['23505', 500],
  ])('of the code %s is a %i that says nothing internal', (code, status) => {
    const { detail, ...problem } = problemOf(new Coded(code));
    expect(problem.status).toBe(status);
    expect(detail).not.toContain('secret');
  });

  it.each([[new Error('secret')], ['secret'], [undefined], [{ code: 'NOT_FOUND', message: 'secret' }]])(
    'of anything else is a 500 that says nothing: %o',
    (error) => {
      expect(problemOf(error)).toMatchObject({ status: 500, title: 'Internal Server Error' });
      expect(problemOf(error).detail).not.toContain('secret');
    },
  );

  it('carries the headers that an HttpError names', () => {
    expect(problemOf(new HttpError(405, 'x', { headers: { Allow: 'GET' } }))).toMatchObject({
      status: 405,
      headers: { Allow: 'GET' },
    });
    expect(problemOf(new Coded('INDEX_UNAVAILABLE')).headers).toHaveProperty('Retry-After');
    expect(problemOf(new Coded('NOT_SIGNED_IN')).headers).toHaveProperty('WWW-Authenticate');
  });
});
