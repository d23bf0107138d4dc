import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '../../../../server/auth/passwords.ts';
import { PERMISSIONS, permissionsOf, ROLES } from '../../../../server/auth/permissions.ts';
import { digestOf, makePassword, makeToken } from '../../../../server/auth/tokens.ts';

describe('a password', () => {
  it('is kept as argon2id and known again', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashPassword('correct horse battery')).not.toBe(hash);
    expect(await verifyPassword(hash, 'correct horse battery')).toBe(true);
    expect(await verifyPassword(hash, 'correct horse batterY')).toBe(false);
    expect(await verifyPassword(hash, '')).toBe(false);
  });

  it('of nobody is never right', async () => {
    expect(await verifyPassword(undefined, 'anything')).toBe(false);
    expect(await verifyPassword(undefined, '')).toBe(false);
  });

  it('that is endless is wrong without being hashed', async () => {
    expect(await verifyPassword(undefined, 'x'.repeat(10_000_000))).toBe(false);
  });

  it('that is made can be typed, and is never the same', () => {
    const made = Array.from({ length: 200 }, makePassword);
    expect(new Set(made).size).toBe(200);
    for (const password of made) expect(password).toMatch(/^[a-z0-9]{5}(-[a-z0-9]{5}){3}$/i);
    // What is taken for each other does not occur.
    expect(made.join('')).not.toMatch(/[01lIOo]/);
  });
});

describe('a token', () => {
  it('has 256 bits and is kept as its digest', () => {
    const token = makeToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(digestOf(token)).toHaveLength(32);
    expect(digestOf(token)).toEqual(digestOf(token));
    expect(digestOf(`${token}x`)).not.toEqual(digestOf(token));
  });
});

describe('roles', () => {
  it('allow known permissions; an unknown role allows nothing', () => {
    for (const role of ROLES)
      for (const permission of permissionsOf([role])) expect(PERMISSIONS).toContain(permission);
    expect([...permissionsOf(['king', '__proto__', 'constructor'])]).toEqual([]);
    expect(permissionsOf(['modality']).has('dicom:retrieve')).toBe(false);
    const ofBoth = [...permissionsOf(['modality', 'ris'])].sort();
    expect(ofBoth).toEqual([
      'dicom:search',
      'dicom:store',
      'session',
      ...PERMISSIONS.filter((permission) => permission.startsWith('worklist:')).sort(),
    ]);
  });
});
