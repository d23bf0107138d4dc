import type { ClinicalDocument, ClinicalSection } from './clinical-document.ts';
import type { XmlElement } from './xml-tree.ts';

/** The document as plain text, lines ended by LF. */
export function clinicalDocumentToText(document: ClinicalDocument): string {
  return [
    document.title,
    '='.repeat(Math.min(document.title.length, 78)),
    '',
    ...document.facts.map(([label, value]) => `${label}: ${value}`),
    ...(document.otherBody === undefined
      ? []
      : ['', `*** The body of this document is ${document.otherBody} and is not shown here. ***`]),
    ...document.sections.flatMap(linesOf),
    '',
  ].join('\n');
}

function linesOf(section: ClinicalSection): string[] {
  const text = section.narrative
    ? flatten(section.narrative)
        .split('\n')
        .map((line) => line.replace(/[^\S ]+\s*|\s{2,}/g, ' ').trim())
        .filter((line) => line !== '')
    : [];
  return ['', section.title, ...text, ...section.sections.flatMap(linesOf)];
}

const BLOCKS = new Set([
  'paragraph',
  'list',
  'item',
  'table',
  'thead',
  'tbody',
  'tfoot',
  'tr',
  'caption',
  'br',
]);

function flatten(element: XmlElement): string {
  const inside = element.children
    .map((child) => (typeof child === 'string' ? child.replace(/[^\S ]+\s*|\s{2,}/g, ' ') : flatten(child)))
    .join('');
  if (element.attributes.revised === 'delete') return `[struck out: ${inside}]`;
  if (element.name === 'item') return `\n- ${inside}\n`;
  if (element.name === 'td' || element.name === 'th') return `${inside} | `;
  return BLOCKS.has(element.name) ? `\n${inside}\n` : inside;
}
