import type { PersonName } from './data-set.ts';

const groupNames = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/**
 * One value of PN as PS3.18 F.2.2 has it: the component groups between "=" (PS3.5 6.2.1.2), less padding (carets at the end too) and less
 * empty ones. `null` when nothing is left. A fourth group, which the Standard doesn't know, stays with the third.
 */
export function parsePersonName(text: string): PersonName | null {
  if (!text.includes('=')) {
    const group = withoutPadding(text);
    return group === '' ? null : { Alphabetic: group };
  }
  const groups = text.split('=');
  const name: PersonName = {};
  groupNames.forEach((groupName, i) => {
    const group = withoutPadding(i === 2 ? groups.slice(2).join('=') : (groups[i] ?? ''));
    if (group !== '') name[groupName] = group;
  });
  return Object.keys(name).length === 0 ? null : name;
}

/** PS3.5 6.2.1.2: carets after the last component that is not empty say nothing. */
function withoutPadding(group: string): string {
  let end = group.length;
  while (end > 0 && ' \0^'.includes(group.charAt(end - 1))) end--;
  return group.slice(0, end);
}

/** The value as DICOM writes it: `Yamada^Tarou=山田^太郎=やまだ^たろう`, without trailing "=". */
export function formatPersonName(name: PersonName): string {
  return groupNames
    .map((groupName) => name[groupName] ?? '')
    .join('=')
    .replace(/=+$/, '');
}
