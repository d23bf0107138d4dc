import { hash32 } from '../../../server/demo/random.ts';

/** Family names of many countries, the most frequent first; ideographic and phonetic forms where names have them. */
const COMMON_FAMILY_NAMES = [
  'SMITH',
  'Müller',
  'García',
  'JOHNSON',
  'Nguyen',
  'Kowalski',
  'WILLIAMS',
  'Yamada=山田=やまだ',
  'Silva',
  'BROWN',
  'Rossi',
  'Schmidt',
  'JONES',
  'Kim=金=김',
  'MARTIN',
  'Ivanov=Иванов',
  'DAVIS',
  'Hernández',
  'Wang=王',
  'Schneider',
  'WILSON',
  'Öztürk',
  'Andersson',
  'TAYLOR',
  'Tanaka=田中=たなか',
  'Dubois',
  "O'BRIEN",
  'van den Berg',
  'Papadopoulos=Παπαδόπουλος',
  'Hassan=حسن',
  'LEE',
  'Fischer',
  'ANDERSON',
  'Novák',
  'Jensen',
  'MÜLLER-LÜDENSCHEIDT',
] as const;

const GIVEN_NAMES = {
  F: [
    'ANNA',
    'Maria',
    'JENNIFER',
    'Sophie',
    'Hanako=花子=はなこ',
    'Fatima',
    'Ingrid',
    'LINDA',
    'Olga',
    'Chloé',
    'Elif',
    'Susanne',
    'MARY ANN',
    'Zofia',
    'Emma',
  ],
  M: [
    'JOHN',
    'Peter',
    'MICHAEL',
    'José',
    'Tarō=太郎=たろう',
    'Ahmed',
    'Lars',
    'DAVID',
    'Ivan',
    'François',
    'Mehmet',
    'Jürgen',
    'JAMES R',
    'Piotr',
    'Luca',
  ],
} as const;

const BEGINNINGS = [
  'Bar',
  'Cor',
  'Dal',
  'Fen',
  'Gor',
  'Hal',
  'Kas',
  'Lin',
  'Mor',
  'Nes',
  'Pav',
  'Rud',
  'Sel',
  'Tor',
  'Vas',
  'Wit',
];
const MIDDLES = [
  'a',
  'be',
  'chi',
  'do',
  'en',
  'fo',
  'ga',
  'ing',
  'ko',
  'le',
  'man',
  'no',
  'os',
  'ri',
  'sa',
  'ter',
  'u',
  'wi',
];
const ENDINGS = [
  'berg',
  'cki',
  'dale',
  'er',
  'feld',
  'ghi',
  'ham',
  'ini',
  'kov',
  'lund',
  'man',
  'nen',
  'oglu',
  'poulos',
  'quist',
  'rez',
  'son',
  'ton',
  'vic',
  'well',
];
const FAMILY_NAMES = COMMON_FAMILY_NAMES.length + BEGINNINGS.length * MIDDLES.length * ENDINGS.length;
/** The larger, the more alike are the first ranks: with 30 the most frequent family has half a percent of all people. */
const FLATNESS = 30;

/** Evenly spread over [0, 1), the same for the same numbers. `topic` keeps questions about one number apart. */
export function chance(topic: number, ...numbers: [number, number?]): number {
  return hash32(topic, numbers[0], numbers[1] ?? 0, 0x5ca1ab1e) / 2 ** 32;
}

export function oneOf<T>(list: readonly T[], at: number): T {
  return list[Math.floor(at * list.length)] as T;
}

/** A rank from 0 to `size` - 1, low ones far more often, as names, physicians and scanners are (Zipf's law). */
export function skewed(size: number, at: number): number {
  return Math.min(size - 1, Math.floor(FLATNESS * ((size + FLATNESS) / FLATNESS) ** at - FLATNESS));
}

function familyName(rank: number): string {
  const common = COMMON_FAMILY_NAMES[rank];
  if (common !== undefined) return common;
  let rest = rank - COMMON_FAMILY_NAMES.length;
  return [ENDINGS, MIDDLES, BEGINNINGS]
    .map((syllables) => {
      const syllable = syllables[rest % syllables.length] ?? '';
      rest = Math.floor(rest / syllables.length);
      return syllable;
    })
    .reverse()
    .join('');
}

/** `Family^Given`, in all groups that both names have. */
function joined(family: string, given: string): string {
  const givens = given.split('=');
  const groups = family.split('=').map((name, i) => (givens[i] ? `${name}^${givens[i]}` : name));
  return groups.join('=');
}

export interface Person {
  PatientName: string;
  PatientID: string;
  IssuerOfPatientID: string;
  PatientBirthDate: string;
  PatientSex: string;
  /** Undefined: none other than `PatientID`. */
  otherPatientID: string | undefined;
}

/** Somebody whom chance made up, the same for the same number. */
export function person(number: number): Person {
  const sex = chance(1, number) < 0.53 ? 'F' : 'M';
  const born = new Date(Date.UTC(1925, 0, 1 + Math.floor(chance(2, number) ** 0.8 * 36_500)));
  return {
    PatientName: joined(
      familyName(skewed(FAMILY_NAMES, chance(3, number))),
      oneOf(GIVEN_NAMES[sex], chance(4, number)),
    ),
    PatientID: `P${String(number).padStart(8, '0')}`,
    IssuerOfPatientID: oneOf(['CITY', 'CITY', 'CITY', 'COUNTY'], chance(5, number)),
    PatientBirthDate: born.toISOString().slice(0, 10).replaceAll('-', ''),
    PatientSex: chance(6, number) < 0.005 ? 'O' : sex,
    otherPatientID: chance(7, number) < 0.03 ? `OLD${number}` : undefined,
  };
}

const PHYSICIANS = 2000;

export function physician(at: number, among = PHYSICIANS): string {
  const rank = skewed(among, at);
  const sex = chance(8, rank) < 0.5 ? 'F' : 'M';
  const family = familyName(skewed(FAMILY_NAMES, chance(9, rank))).split('=')[0] ?? '';
  return `${family}^${oneOf(GIVEN_NAMES[sex], chance(10, rank)).split('=')[0]}^^Dr`;
}
