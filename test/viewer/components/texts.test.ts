import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../viewer/commands/commands.ts';
import { en } from '../../../viewer/texts/en/index.ts';

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function textOf(key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], en);
}

describe('texts', () => {
  it('exist for every key that is used', () => {
    const used = sourceFiles('viewer').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(used.length).toBeGreaterThan(50);
    const missing = used.filter((key) => textOf(key) === undefined && textOf(`${key}_one`) === undefined);
    expect(missing).toEqual([]);
  });

  it('name every command', () => {
    const unnamed = Object.keys(commands).filter((name) => typeof textOf(`command.${name}`) !== 'string');
    expect(unnamed).toEqual([]);
  });

  it('are not written into components', () => {
    const written = sourceFiles('viewer').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/>\s*([A-Z][a-z]+ [a-z]+[^<>{}=;()]*)</g)].map(
        (match) => `${file}: ${match[1]}`,
      ),
    );
    expect(written).toEqual([]);
  });
});
