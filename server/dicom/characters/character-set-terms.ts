/** The character sets behind the Defined Terms of Specific Character Set (PS3.3 C.12.1.1.2). */
export type CharacterSetId =
  | 'ascii'
  | 'latin1'
  | 'latin2'
  | 'latin3'
  | 'latin4'
  | 'cyrillic'
  | 'arabic'
  | 'greek'
  | 'hebrew'
  | 'latin5'
  | 'latin9'
  | 'thai'
  | 'jisx0201'
  | 'jisx0208'
  | 'jisx0212'
  | 'ksx1001'
  | 'gb2312'
  | 'utf8'
  | 'gb18030'
  | 'gbk';

/** ISO International Register numbers, as in "ISO_IR 100" and "ISO 2022 IR 100". */
const byRegistration: Record<string, CharacterSetId> = {
  6: 'ascii',
  100: 'latin1',
  101: 'latin2',
  109: 'latin3',
  110: 'latin4',
  144: 'cyrillic',
  127: 'arabic',
  126: 'greek',
  138: 'hebrew',
  148: 'latin5',
  203: 'latin9',
  166: 'thai',
  13: 'jisx0201',
  14: 'jisx0201',
  87: 'jisx0208',
  159: 'jisx0212',
  149: 'ksx1001',
  58: 'gb2312',
  192: 'utf8',
};

/** What files have in place of a Defined Term, without spaces, hyphens and underscores. */
const misspelt: Record<string, CharacterSetId> = {
  GB18030: 'gb18030',
  GBK: 'gbk',
  GB2312: 'gbk',
  ISO2022GBK: 'gbk',
  ISO202258: 'gb2312',
  UTF8: 'utf8',
  ISO10646: 'utf8',
  ASCII: 'ascii',
  USASCII: 'ascii',
  LATIN1: 'latin1',
  ISO88591: 'latin1',
  ISO88592: 'latin2',
  ISO88595: 'cyrillic',
  ISO88599: 'latin5',
  ISO885915: 'latin9',
  WINDOWS1252: 'latin1',
};

/** What one value of Specific Character Set means. */
export interface CharacterSetTerm {
  id: CharacterSetId;
  /** False where the spelling is not that of the Standard ("ISO IR 100", "ISO-IR 100", "ISO2022-IR100", "UTF-8"). */
  exact: boolean;
}

/** `undefined` when no character set can be meant. An empty value is the default repertoire. */
export function characterSetTerm(value: string): CharacterSetTerm | undefined {
  const term = value.trim();
  if (term === '') return { id: 'ascii', exact: true };
  const plain = term.toUpperCase().replace(/[\s_-]+/g, '');
  const number = /^ISO(?:2022)?IR(\d+)$/.exec(plain)?.[1];
  const id = number === undefined ? misspelt[plain] : byRegistration[Number(number)];
  if (id === undefined) return undefined;
  return { id, exact: /^(ISO_IR \d+|ISO 2022 IR \d+|GB18030|GBK)$/.test(term) };
}
