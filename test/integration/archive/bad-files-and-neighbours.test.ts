import { expect, it } from 'vitest';
import { multipartBody } from '../../conformance/multipart.ts';
import { firstOf, get, type Json, post, request, STORE_TYPE, valuesOf } from '../../conformance/requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer } from '../../support/start-server.ts';
import { describeWithSharedFiles, readShared, sharedFiles } from '../dicom/shared-files.ts';
import { REFUSED_FILES } from './refused-files.ts';

describeWithSharedFiles('every bad file, sent between two good ones', () => {
  it('is refused alone, or stored: the neighbours are stored and the process lives', async () => {
    const server = await startServer({ store: 'files' });
    try {
      const bad = sharedFiles().filter((path) => path.startsWith('bad/'));
      expect(bad.length).toBeGreaterThan(20);
      for (const path of bad) {
        const names = () => ({
          StudyInstanceUID: testUid(),
          SeriesInstanceUID: testUid(),
          SOPInstanceUID: testUid(),
        });
        const [before, after] = [names(), names()];
        const parts = [
          makeInstance({ attributes: before }),
          readShared(path),
          makeInstance({ attributes: after }),
        ];
        const answer = await post(server, multipartBody(parts, { boundary: 'a-boundary-of-its-own' }), {
          'Content-Type': STORE_TYPE.replace('XX', 'a-boundary-of-its-own'),
        });
        const stored = answer.referenced.map((item) => firstOf(item, '00081155'));
        expect(stored, path).toEqual(expect.arrayContaining([before.SOPInstanceUID, after.SOPInstanceUID]));
        const failures = [...answer.failed, ...answer.other];
        expect(failures.length, path).toBe(3 - stored.length);
        if (path in REFUSED_FILES) {
          expect(answer.status, path).toBe(202);
          expect(failures.map(commentOf).join(' '), path).toMatch(
            new RegExp(REFUSED_FILES[path]?.detail.source.replace(/^\^|\$$/g, '') ?? ''),
          );
        }
      }
      expect((await request(server.url, '/readyz')).status).toBe(200);
      const page = await get(server, '/instances?limit=5000');
      expect(page.status).toBe(200);
    } finally {
      await server.stop();
    }
  });
});

/** What is said of a failed instance, its pieces of at most 64 characters (LO) joined. */
function commentOf(failed: Json): string {
  const attributes = valuesOf(failed, '00741048') as Json[];
  return attributes.map((item) => String(firstOf(item, '00000902'))).join(' ');
}
