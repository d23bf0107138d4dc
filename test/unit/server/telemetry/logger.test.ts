import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../server/telemetry/logger.ts';

function logged(level: string, error: unknown): string {
  let lines = '';
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines += String(chunk);
      done();
    },
  });
  createLogger(level, sink).error({ err: error, path: '/x' }, 'it_failed');
  return lines;
}

describe('a log line', () => {
  it('is JSON with the time, the event, its fields, and what the error was', () => {
    const line = JSON.parse(
      logged('info', new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ENOENT' }) })),
    );
    expect(line).toMatchObject({
      event: 'it_failed',
      path: '/x',
      pid: process.pid,
      err: { type: 'Error', message: 'outer', cause: { message: 'inner', code: 'ENOENT' } },
    });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(line.err.stack).toContain('logger.test.ts');
  });

  it('holds no value that PostgreSQL quotes in an error', () => {
    const error = Object.assign(new Error('invalid input syntax for type date: "Secretsmith"'), {
      code: '22007',
      detail: 'Key (patient_name)=(Secretsmith)',
      where: 'JSON data, line 1: Secretsmith',
      parameters: ['Secretsmith'],
    });
    const line = logged('info', new Error('storing failed', { cause: error }));
    expect(line).not.toContain('Secretsmith');
    expect(line).toContain('22007');
  });

  it('is not written below the level', () => {
    expect(logged('silent', new Error('x'))).toBe('');
  });
});
