import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServerApp } from '../../server/compose.ts';
import { type Listening, listen } from '../../server/http/listen.ts';
import { createLogger } from '../../server/telemetry/logger.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { post, request } from './requests.ts';

let server: TestServer;
let logged: Listening;
let lines = '';

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines += String(chunk);
      done();
    },
  });
  const logger = createLogger('debug', sink);
  // Everything it can say, of a server over the same services.
  const services = { ...server.services, logger, archive: { ...server.services.archive, logger } };
  logged = await listen(createServerApp(services), server.services.settings);
});
afterAll(async () => {
  await logged?.close(1000);
  await server?.stop();
});

describe('the log', () => {
  it('holds requests and failures, and never a patient, a password or a token (law 7)', async () => {
    await server.services.access.addAccount({
      username: 'logged',
      password: 'swordfish-secret',
      roles: ['administrator'],
    });
    const { key } = await server.services.access.makeApiKey('logged', 'x');
    const headers = { Authorization: `Bearer ${key}` };
    const study = testUid();
    const make = (PatientID: string) =>
      makeInstance({
        attributes: {
          StudyInstanceUID: study,
          PatientName: 'Secretsmith^Jane',
          PatientID,
          PatientBirthDate: '19010203',
        },
      });
    const toLogged = { ...server, url: logged.url };
    for (const bytes of [make('SECRETID1'), make('SECRETID2'), Buffer.from('Secretsmith is no DICOM')]) {
      await post(toLogged, bytes, { ...headers, 'Content-Type': 'application/dicom' });
    }
    await request(logged.url, '/dicom-web/studies?PatientName=Secretsmith*&PatientID=SECRETID1', { headers });
    await request(logged.url, '/dicom-web/studies?StudyDate=Secretsmith', { headers });
    const credentials = JSON.stringify({ username: 'logged', password: 'swordfish-secret' });
    const session = await request(logged.url, '/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: credentials,
    });
    const cookie = session.headers['set-cookie']?.[0]?.split(/[=;]/)[1] ?? '';
    expect(cookie).toHaveLength(43);
    await server.services.pool.query('ALTER TABLE study RENAME TO study_gone');
    expect(
      (await request(logged.url, '/dicom-web/studies?PatientName=Secretsmith', { headers })).status,
    ).toBe(500);
    expect(
      (await post(toLogged, make('SECRETID3'), { ...headers, 'Content-Type': 'application/dicom' })).status,
    ).toBe(409);
    await server.services.pool.query('ALTER TABLE study_gone RENAME TO study');
    await request(logged.url, `/dicom-web/studies/${study}`, { method: 'DELETE', headers });
    const events = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(events).toEqual(
      expect.arrayContaining([
        'request',
        'patient_mismatch',
        'request_failed',
        'store_failed',
        'instances_deleted',
      ]),
    );
    expect(lines).toContain(study);
    for (const secret of ['Secretsmith', 'SECRETID', '19010203', 'swordfish', key, cookie])
      expect(lines).not.toContain(secret);
  });
});
