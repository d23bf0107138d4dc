import { type JsonDataSet, text, values } from './data-set.ts';
import { formatDate } from './dates.ts';
import { personName } from './person-name.ts';
import { tags } from './tags.ts';

/** What tells one person from another; an empty string is not known. */
interface Identity {
  readonly patientID: string;
  readonly issuer: string;
  readonly birthDate: string;
  readonly alphabeticName: string;
  readonly ideographicName: string;
  readonly phoneticName: string;
}

interface Person {
  readonly identity: Identity;
  readonly name: string;
}

/** A group of a name without what is no difference: case, spacing, trailing carets (PS3.5 6.2.1.1). */
function normalizeName(group: unknown): string {
  if (typeof group !== 'string') return '';
  const components = group.split('^').map((component) => component.trim().replace(/\s+/g, ' '));
  return components.join('^').replace(/\^+$/, '').normalize('NFC').toUpperCase();
}

/** The three groups of the Patient's Name, normalized. */
function namesOf(instance: JsonDataSet) {
  const [value] = values(instance, tags.PatientName);
  const groups = typeof value === 'string' ? value.split('=') : [];
  const named = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return {
    alphabeticName: normalizeName(named.Alphabetic ?? groups[0]),
    ideographicName: normalizeName(named.Ideographic ?? groups[1]),
    phoneticName: normalizeName(named.Phonetic ?? groups[2]),
  };
}

/** What one data set says of whose it is; that of an instance, a series or a study of an answer. */
function identityOf(instance: JsonDataSet): Identity {
  return {
    patientID: text(instance, tags.PatientID) ?? '',
    issuer: text(instance, tags.IssuerOfPatientID) ?? '',
    birthDate: text(instance, tags.PatientBirthDate) ?? '',
    ...namesOf(instance),
  };
}

const keysOf = (identity: Identity) => Object.keys(identity) as (keyof Identity)[];

/** What is not known contradicts nothing. */
function mayBeSame(a: Identity, b: Identity): boolean {
  return keysOf(a).every((key) => a[key] === '' || b[key] === '' || a[key] === b[key]);
}

function merge(a: Identity, b: Identity): Identity {
  return Object.fromEntries(keysOf(a).map((key) => [key, a[key] || b[key]])) as unknown as Identity;
}

/** Different people among some instances: whose ID, issuer, name or birth date contradict each other. */
function findPeople(instances: readonly JsonDataSet[]): Person[] {
  const seen = new Set<string>();
  const people: Person[] = [];
  for (const instance of instances) {
    const identity = identityOf(instance);
    const key = JSON.stringify(identity);
    if (seen.has(key)) continue;
    seen.add(key);
    const name = personName(instance, tags.PatientName) ?? '';
    const at = people.findIndex((person) => mayBeSame(person.identity, identity));
    const same = people[at];
    if (same) people[at] = { identity: merge(same.identity, identity), name: same.name || name };
    else people.push({ identity, name });
  }
  return people;
}

/** Different people among some instances, each as name and ID, with what else tells them apart where these don't. */
export function distinctPatients(instances: readonly JsonDataSet[]): string[] {
  const people = findPeople(instances);
  const labels = people.map(({ name, identity }) => `${name} (${identity.patientID})`);
  return people.map(({ name, identity }, index) => {
    const label = labels[index] ?? '';
    if (labels.filter((other) => other === label).length === 1) return label;
    const more = [identity.patientID, identity.issuer, formatDate(identity.birthDate)].filter(Boolean);
    return `${name} (${more.join(', ')})`;
  });
}

/**
 * Whether a study that was found surely belongs to the same person as an open one: the same, not empty Patient ID, and nothing
 * that contradicts. What is not sure is not the same: a prior of another person is worse than none.
 */
export function isSurelySamePatient(open: JsonDataSet, found: JsonDataSet): boolean {
  const [a, b] = [identityOf(open), identityOf(found)];
  return a.patientID !== '' && a.patientID === b.patientID && mayBeSame(a, b);
}

/** Whether two data sets contradict each other about whose they are. */
export function areDifferentPatients(a: JsonDataSet, b: JsonDataSet): boolean {
  return !mayBeSame(identityOf(a), identityOf(b));
}
