import { describe, expect, it } from 'vitest';
import { derivedUid } from '../../../../server/archive/transcode/transcode-changes.ts';
import { editionOf, IMAGING_EDITION } from '../../../../server/imaging/edition.ts';

describe('the UID of a derived image', () => {
  const stored = { sopInstanceUID: '1.2.3', digest: 'ab'.repeat(32) };
  const jpeg = '1.2.840.10008.1.2.4.50';

  it('is one of a UUID (PS3.5 B.2), and the same each time', () => {
    expect(derivedUid(stored, jpeg)).toBe(derivedUid({ ...stored }, jpeg));
    const digits = BigInt(derivedUid(stored, jpeg).replace(/^2\.25\./, ''))
      .toString(16)
      .padStart(32, '0');
    expect(digits).toMatch(/^.{12}8.{3}[89ab].{15}$/);
  });

  it('is another for other bytes, another transfer syntax, and other software', () => {
    const uids = [
      derivedUid(stored, jpeg),
      derivedUid({ ...stored, digest: 'ac'.repeat(32) }, jpeg),
      derivedUid({ ...stored, sopInstanceUID: '1.2.4' }, jpeg),
      derivedUid(stored, '1.2.840.10008.1.2.4.91'),
      derivedUid(stored, jpeg, editionOf(['isocenter 9.9.9'])),
    ];
    expect(new Set(uids).size).toBe(5);
  });
});

describe('the edition of what is made of pixels', () => {
  it('depends on each version', () => {
    expect(IMAGING_EDITION).toMatch(/^[0-9a-f]{16}$/);
    expect(editionOf(['a 1', 'b 1'])).not.toBe(editionOf(['a 1', 'b 2']));
    expect(editionOf(['a 1'])).toBe(editionOf(['a 1']));
  });
});
