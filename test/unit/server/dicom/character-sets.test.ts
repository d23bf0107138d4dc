import { describe, expect, it } from 'vitest';
import { explicit, file, implicit, item, read } from './bytes.ts';

const ESC = '\x1b';

async function readText(characterSet: string | undefined, tag: string, vr: string, bytes: string) {
  const elements = characterSet === undefined ? [] : [explicit('00080005', 'CS', characterSet)];
  const instance = await read(file([...elements, explicit(tag, vr, bytes)]));
  return { values: instance.dataSet[tag]?.Value, instance };
}

async function readName(characterSet: string | undefined, bytes: string) {
  return (await readText(characterSet, '00100010', 'PN', bytes)).values;
}

describe('single-byte character sets', () => {
  it.each([
    ['ISO_IR 100', '\xc4neas^R\xfcdiger', 'Äneas^Rüdiger'],
    ['ISO_IR 101', '\xc4\xe0\xe5\xd1\xa4', 'ÄŕĺŃ¤'],
    ['ISO_IR 109', '\xc4\xe0\xe5\xa1', 'ÄàċĦ'],
    ['ISO_IR 110', '\xc4\xe0\xe5\xd1\xa4', 'ÄāåŅ¤'],
    ['ISO_IR 144', '\xbb\xee\xda', 'Люк'],
    ['ISO_IR 127', '\xe2\xc8', 'قب'],
    ['ISO_IR 126', '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'Διονυσιος'],
    ['ISO_IR 138', '\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', 'שרון^דבורה'],
    ['ISO_IR 148', '\xc7avu\xfeo\xf0lu \xdd', 'Çavuşoğlu İ'],
    ['ISO_IR 203', '\xa4\xbd\xbe', '€œŸ'],
    ['ISO_IR 166', '\xa1\xd2', 'กา'],
    ['ISO_IR 13', '\xd4\xcf\xc0\xde^\xc0\xdb\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
  ])('%s is decoded', async (characterSet, bytes, expected) => {
    expect(await readName(characterSet, bytes)).toEqual([{ Alphabetic: expected }]);
  });

  it('ISO_IR 13 has yen and overline where ASCII has backslash and tilde, but for the separator of values', async () => {
    expect((await readText('ISO_IR 13', '00104000', 'LT', 'a\\b~')).values).toEqual(['a¥b‾']);
    expect((await readText('ISO_IR 13', '00081048', 'LO', '\xd4\\\xcf')).values).toEqual(['ﾔ', 'ﾏ']);
  });
});

describe('multi-byte character sets', () => {
  it.each([
    ['ISO_IR 192', Buffer.from('Wang^XiaoDong=王^小東=').toString('latin1'), '王^小東'],
    ['GB18030', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=', '王^小东'],
    ['GBK', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=', '王^小东'],
  ])('%s is decoded (PS3.5 J)', async (characterSet, bytes, ideographic) => {
    expect(await readName(characterSet, bytes)).toEqual([
      { Alphabetic: 'Wang^XiaoDong', Ideographic: ideographic },
    ]);
  });

  it.each(['GB18030', 'GBK'])(
    '%s may have backslashes as second bytes, which separate no values',
    async (characterSet) => {
      expect((await readText(characterSet, '00081030', 'LO', 'a\x81\x5c\\b')).values).toEqual(['a乗', 'b']);
    },
  );

  it('GB18030 has characters of four bytes', async () => {
    expect((await readText('GB18030', '00081030', 'LO', '\x95\x32\x82\x36')).values).toEqual(['𠀀']);
  });
});

describe('code extensions (ISO 2022)', () => {
  const yamada = { Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' };
  const kanji = (back: string) =>
    `${ESC}$B;3ED${back}^${ESC}$BB@O:${back}=${ESC}$B$d$^$@${back}^${ESC}$B$?$m$&${back}`;

  it.each([
    [
      'PS3.5 H.3.1',
      '\\ISO 2022 IR 87',
      `Yamada^Tarou=${kanji(`${ESC}(B`)}`,
      { Alphabetic: 'Yamada^Tarou', ...yamada },
    ],
    [
      'PS3.5 H.3.2',
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      `\xd4\xcf\xc0\xde^\xc0\xdb\xb3=${kanji(`${ESC}(J`)}`,
      { Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ', ...yamada },
    ],
    [
      'PS3.5 I.2',
      '\\ISO 2022 IR 149',
      `Hong^Gildong=${ESC}$)C\xfb\xf3^${ESC}$)C\xd1\xce\xd4\xd7=${ESC}$)C\xc8\xab^${ESC}$)C\xb1\xe6\xb5\xbf`,
      { Alphabetic: 'Hong^Gildong', Ideographic: '洪^吉洞', Phonetic: '홍^길동' },
    ],
    [
      'PS3.5 K.2',
      '\\ISO 2022 IR 58',
      `Zhang^XiaoDong=${ESC}$)A\xd5\xc5^${ESC}$)A\xd0\xa1\xb6\xab=`,
      { Alphabetic: 'Zhang^XiaoDong', Ideographic: '张^小东' },
    ],
    [
      'Cyrillic as extension',
      'ISO 2022 IR 100\\ISO 2022 IR 144',
      `\xc4=${ESC}-L\xbb\xee\xda`,
      { Alphabetic: 'Ä', Ideographic: 'Люк' },
    ],
    [
      'Korean without designation',
      '\\ISO 2022 IR 149',
      'Hong=\xfb\xf3',
      { Alphabetic: 'Hong', Ideographic: '洪' },
    ],
    ['JIS X 0212', '\\ISO 2022 IR 159', `${ESC}$(D0"${ESC}(B`, { Alphabetic: '丄' }],
  ])('decode %s', async (_, characterSet, bytes, expected) => {
    const { values, instance } = await readText(characterSet, '00100010', 'PN', bytes);
    expect(values).toEqual([expected]);
    expect(instance.warnings).toEqual([]);
  });

  it('return to the initial sets at carets, at equals signs, between values and at line ends', async () => {
    // the Latin-1 byte after each of these is Latin-1 again, without an escape sequence
    const set = 'ISO 2022 IR 100\\ISO 2022 IR 144';
    expect(await readName(set, `${ESC}-L\xbb^\xc4=${ESC}-L\xbb=\xc4`)).toEqual([
      { Alphabetic: 'Л^Ä', Ideographic: 'Л', Phonetic: 'Ä' },
    ]);
    expect((await readText(set, '00081048', 'LO', `${ESC}-L\xbb\\\xc4`)).values).toEqual(['Л', 'Ä']);
    expect((await readText(set, '00104000', 'LT', `${ESC}-L\xbb\r\n\xc4`)).values).toEqual(['Л\r\nÄ']);
  });

  it('do not return to them at carets in other VRs than PN', async () => {
    const { values } = await readText(
      'ISO 2022 IR 100\\ISO 2022 IR 144',
      '00081048',
      'LO',
      `${ESC}-L\xbb^\xbb`,
    );
    expect(values).toEqual(['Л^Л']);
  });

  it('do not take bytes of double-byte characters for separators', async () => {
    const { values } = await readText('\\ISO 2022 IR 87', '00081030', 'LO', `${ESC}$B0\\${ESC}(B\\b`);
    expect(values).toEqual(['移', 'b']);
  });

  it('that no table knows give a warning', async () => {
    const { instance } = await readText('\\ISO 2022 IR 87', '00081030', 'LO', `${ESC}%Gabc`);
    expect(instance.warnings.join()).toContain(
      '(0008,1030) text that its character set does not explain: unknown-escape',
    );
  });
});

describe('spellings that files have', () => {
  it.each([
    ['ISO IR 100', '\xc4', 'Ä'],
    ['ISO-IR 100', '\xc4', 'Ä'],
    ['ISO_IR_100', '\xc4', 'Ä'],
    ['iso_ir 144', '\xbb', 'Л'],
    ['ISO2022-IR100', '\xc4', 'Ä'],
    ['ISO_IR100 ', '\xc4', 'Ä'],
    ['UTF-8 ', '\xc3\x84', 'Ä'],
    ['GB2312', '\xcd\xf5', '王'],
    ['ISO_IR 192\\ISO 2022 IR 87', '\xc3\x84', 'Ä'],
  ])('%s is understood, with a warning', async (characterSet, bytes, expected) => {
    const { values, instance } = await readText(characterSet, '00100010', 'PN', bytes);
    expect(values).toEqual([{ Alphabetic: expected }]);
    expect(instance.warnings.join()).toMatch(
      /\(0008,0005\) a character set that is (misspelt|not-combinable)/,
    );
  });

  it('an unknown one is a warning, and ASCII is read', async () => {
    const { values, instance } = await readText('KLINGON ', '00100010', 'PN', 'Doe');
    expect(values).toEqual([{ Alphabetic: 'Doe' }]);
    expect(instance.warnings.join()).toContain('a character set that is unknown');
  });
});

describe('text without a character set', () => {
  it('is ASCII', async () => {
    const { instance } = await readText(undefined, '00100010', 'PN', 'Doe^John');
    expect(instance.warnings).toEqual([]);
    expect(instance.characterSets).toEqual([]);
    expect(instance.dataSet['00080005']).toBeUndefined();
  });

  it.each([
    ['UTF-8 if it is that', '\xc3\x84', 'undeclared-utf8'],
    ['Latin-1 else', '\xc4', 'undeclared-latin1'],
  ])('beyond ASCII is %s, with a warning', async (_, bytes, problem) => {
    const { values, instance } = await readText(undefined, '00100010', 'PN', bytes);
    expect(values).toEqual([{ Alphabetic: 'Ä' }]);
    expect(instance.warnings.join()).toContain(problem);
    // PS3.18 F.2: what the JSON now has is UTF-8
    expect(instance.dataSet['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 192'] });
  });
});

describe('Specific Character Set', () => {
  it('is ISO_IR 192 in JSON, and kept as it was beside it', async () => {
    const { instance } = await readText('ISO 2022 IR 100\\ISO 2022 IR 144', '00100010', 'PN', 'Doe');
    expect(instance.dataSet['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 192'] });
    expect(instance.characterSets).toEqual(['ISO 2022 IR 100', 'ISO 2022 IR 144']);
    expect((await readText('\\ISO 2022 IR 87', '00100010', 'PN', 'Doe')).instance.characterSets).toEqual([
      '',
      'ISO 2022 IR 87',
    ]);
  });

  it('holds for items, unless they have their own, which ends with them', async () => {
    const name = (bytes: string) => explicit('00081048', 'PN', bytes);
    const own = item(explicit('00080005', 'CS', 'ISO_IR 144'), name('\xbb'));
    const instance = await read(
      file([
        explicit('00080005', 'CS', 'ISO_IR 100'),
        explicit('00081032', 'SQ', Buffer.concat([item(name('\xc4')), own, item(name('\xc4'))])),
        explicit('00100010', 'PN', '\xc4'),
      ]),
    );
    const names = instance.dataSet['00081032']?.Value?.map((value) => JSON.stringify(value));
    expect(names).toEqual([
      expect.stringContaining('"Ä"'),
      expect.stringContaining(
        '"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00081048":{"vr":"PN","Value":[{"Alphabetic":"Л"}]}',
      ),
      expect.stringContaining('"Ä"'),
    ]);
    expect(instance.dataSet['00100010']?.Value).toEqual([{ Alphabetic: 'Ä' }]);
  });

  it('does not touch VRs of the default repertoire', async () => {
    const { values } = await readText('ISO_IR 13', '00080060', 'CS', 'A~B ');
    expect(values).toEqual(['A~B']);
  });

  it('holds in implicit VR as well', async () => {
    const elements = [implicit('00080005', 'ISO_IR 144'), implicit('00100010', '\xbb')];
    const instance = await read(file(elements, '1.2.840.10008.1.2'));
    expect(instance.dataSet['00100010']).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'Л' }] });
  });
});
