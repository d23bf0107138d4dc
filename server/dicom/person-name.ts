import type { PersonName } from './data-set.ts';

const groupNames = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/**
 * One value of PN as PS3.18 F.2.2 has it: the component groups between "=" (PS3.5 6.2.1.2), less padding and less
 * empty ones. `null` when nothing is left. A fourth group, which the Standard doesn't know, stays with the third.
 */
export function parsePersonName(text: string): PersonName | null {
  if (!text.includes('=')) {
    const group = text.replace(/[ \0]+$/, '');
    return group === '' ? null : { Alphabetic: group };
  }
  const groups = text.split('=');
  const name: PersonName = {};
  groupNames.forEach((groupName, i) => {
    const group = (i === 2 ? groups.slice(2).join('=') : (groups[i] ?? '')).replace(/[ \0]+$/, '');
    if (group !== '') name[groupName] = group;
  });
  return Object.keys(name).length === 0 ? null : name;
}

/** The value as DICOM writes it: `Yamada^Tarou=山田^太郎=やまだ^たろう`, without trailing "=". */
export function formatPersonName(name: PersonName): string {
  return groupNames
    .map((groupName) => name[groupName] ?? '')
    .join('=')
    .replace(/=+$/, '');
}
