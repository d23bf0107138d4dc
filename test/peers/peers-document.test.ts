import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FRAME_KINDS } from './frame-differences.ts';
import { METADATA_KINDS } from './metadata-differences.ts';
import { RENDERED_KINDS } from './rendered-kinds.ts';
import { SEARCH_KINDS } from './search-kinds.ts';
import { STORE_KINDS } from './store-kinds.ts';

const tables = { STORE_KINDS, SEARCH_KINDS, METADATA_KINDS, FRAME_KINDS, RENDERED_KINDS };
const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'PEERS.md'), 'utf8');

/** The rows of a kind of differences, under its comment. */
function documented(name: string): string[] {
  const section = document.split(`<!-- ${name} -->`)[1]?.split('\n\n')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| difference'));
}

describe('docs/PEERS.md', () => {
  it.each(Object.entries(tables))('lists exactly the differences of %s', (name, table) => {
    const rows = table.map(
      ({ what, section, right }) => `| ${what.replaceAll('|', '\\|')} | ${section} | ${right} |`,
    );
    expect(documented(name)).toEqual(rows);
  });
});
