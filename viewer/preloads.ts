import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** Of each page the modules that it will import by and by; what they import is meant with them. */
const pages: Readonly<Record<string, readonly string[]>> = {
  'index.html': ['start.tsx'],
  'viewer.html': ['open-ahead.ts', 'start.tsx', 'study-viewer.tsx'],
};

/** The chunk of a module and those that it can't do without, each after what needs it. */
function chunksOf(module: string, bundle: Rolldown.OutputBundle): Rolldown.OutputChunk[] {
  const chunks = Object.values(bundle).filter((entry) => entry.type === 'chunk');
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const found = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/${module}`));
  if (!found) throw new Error(`preloads.ts: no chunk is made of ${module}`);
  const all = new Set([found]);
  for (const chunk of all)
    for (const file of chunk.imports) {
      const imported = byFile.get(file);
      if (imported) all.add(imported);
    }
  return [...all];
}

/**
 * Names in the pages, from the start, the scripts that they will ask for: they come all at once, instead of one after the other as
 * each is read. Makes `viewer.html` of `index.html`, for the address of the study viewer, whose scripts the other pages go without.
 */
export function preloads(): Plugin {
  return {
    name: 'preloads',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      const html = readFileSync(join(dir, 'index.html'), 'utf8');
      for (const [page, modules] of Object.entries(pages)) {
        const chunks = new Set(modules.flatMap((module) => chunksOf(module, bundle)));
        const links = [...chunks]
          .filter(({ fileName }) => !html.includes(`"/${fileName}"`))
          .map(({ fileName }) => `    <link rel="modulepreload" crossorigin href="/${fileName}" />\n`);
        writeFileSync(join(dir, page), html.replace('  </head>', `${links.join('')}  </head>`));
      }
    },
  };
}
