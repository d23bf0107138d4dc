import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GIVEN_TARGETS } from '../../server/archive/transcode/transcode-candidate.ts';
import { permissionsOf, ROLES } from '../../server/auth/permissions.ts';
import { TRANSFER_SYNTAXES } from '../../server/dicom/transfer-syntaxes.ts';
import { dicomwebRoutes } from '../../server/dicomweb/routes.ts';
import type { DicomwebService } from '../../server/dicomweb/service.ts';
import { wadoUriRoutes } from '../../server/dicomweb/wado-uri/routes.ts';
import { DECODABLE } from '../../server/imaging/decode.ts';
import { INDEXED_ATTRIBUTES } from '../../storage/index/attributes.ts';

/**
 * The tables of docs/CONFORMANCE.md that the code itself can tell: what stands between `<!-- made: NAME -->` and `<!-- end -->`.
 * `npm run conformance` writes them; a test compares.
 */
export const STATEMENT = fileURLToPath(new URL('../../docs/CONFORMANCE.md', import.meta.url));
const CONFORMANCE_TESTS = fileURLToPath(new URL('../conformance', import.meta.url));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A test file bears the number of its section: `retrieve-10.4-frames.test.ts` or, where the whole is one, `worklist-11.test.ts`. */
function testsOf(section: string): string {
  const [major = '', minor = ''] = section.replace(/^PS3\.18 /, '').split('.');
  const files = readdirSync(CONFORMANCE_TESTS).filter((name) => name.endsWith('.test.ts'));
  const numbered = (number: string) =>
    files.filter((name) => name.split(/[-]/).includes(number) || name.includes(`-${number}.test`));
  if (section.startsWith('RFC')) return named(files.filter((name) => name.startsWith('delete')));
  // Events of work items, whose channel is a section of the common chapter.
  if (section.startsWith('PS3.18 8.10'))
    return named(files.filter((name) => name.endsWith('-events.test.ts')));
  const found = numbered(`${major}.${minor}`);
  return named(found.length > 0 ? found : numbered(major));
}

/** Files of one section as one: `search-10.6-*`. */
function named(files: readonly string[]): string {
  const names = files.map((name) => name.replace('.test.ts', ''));
  const stem = /^[a-z-]+-\d+(\.\d+)?/.exec(names[0] ?? '')?.[0];
  const isOne = stem !== undefined && names.length > 1 && names.every((name) => name.startsWith(stem));
  return isOne ? `\`${stem}*\`` : names.map((name) => `\`${name}\``).join(', ');
}

function transactions(): string {
  // Nothing of the service is used by the table itself.
  const service = {} as DicomwebService;
  const routes = [
    ...dicomwebRoutes(service).map((route) => ({ ...route, template: `/dicom-web${route.template}` })),
    ...wadoUriRoutes(service).map((route) => ({ ...route, template: `/wado${route.template}` })),
  ].filter(({ method }) => method !== 'OPTIONS');
  const rows = routes.map(({ method, template, transaction, section, permission }) => [
    `\`${method} ${template}\``,
    transaction,
    section,
    `\`${permission}\``,
    testsOf(section),
  ]);
  return table(['request', 'transaction', 'section', 'permission', 'tests'], rows);
}

function transferSyntaxes(): string {
  const mark = (yes: boolean) => (yes ? 'yes' : '');
  return table(
    ['UID', 'name', 'stored and served', 'decoded, rendered', 'encoded'],
    TRANSFER_SYNTAXES.map(({ uid, name }) => [
      uid,
      name,
      'yes',
      mark(DECODABLE.includes(uid)),
      mark(GIVEN_TARGETS.includes(uid)),
    ]),
  );
}

function searchableAttributes(): string {
  return table(
    ['level', 'attributes that are matched'],
    ['study', 'series', 'instance'].map((level) => [
      level,
      INDEXED_ATTRIBUTES.filter((attribute) => attribute.level === level)
        .map(({ keyword }) => keyword)
        .join(', '),
    ]),
  );
}

function roles(): string {
  return table(
    ['role', 'permissions'],
    ROLES.map((role) => [
      role,
      [...permissionsOf([role])].map((permission) => `\`${permission}\``).join(', '),
    ]),
  );
}

const TABLES: Readonly<Record<string, () => string>> = {
  transactions,
  'transfer syntaxes': transferSyntaxes,
  'searchable attributes': searchableAttributes,
  roles,
};

/** `text` with its made tables as the code has them now. Throws where it lacks one, or names one that isn't made. */
export function withTables(text: string): string {
  const seen = new Set<string>();
  const result = text.replace(/(<!-- made: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g, (_, open, name, close) => {
    const make = TABLES[name];
    if (!make) throw new Error(`no table is called ${name}`);
    seen.add(name);
    return `${open}\n${make()}\n\n${close}`;
  });
  const missing = Object.keys(TABLES).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`docs/CONFORMANCE.md has no place for ${missing.join(', ')}`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(STATEMENT, withTables(readFileSync(STATEMENT, 'utf8')));
