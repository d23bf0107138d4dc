import type { TransactionRow } from '../transaction.ts';

/** The route table as a tree of path segments, as WADL nests its resources. */
interface Resource {
  segment: string;
  rows: TransactionRow[];
  children: Map<string, Resource>;
}

/**
 * The Capabilities Description (PS3.18 Annex H): a WADL document of the resource `template` and all below it. `root` is the base URI of
 * the service.
 */
export function describeInWadl(rows: readonly TransactionRow[], root: string, template: string): string {
  const tree = resourceTree(rows);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<application xmlns="http://wadl.dev.java.net/2009/02">',
  ];
  lines.push(`  <resources base="${xmlText(root)}">`);
  const ids = new Set<string>();
  for (const resource of selected(tree, segmentsOf(template))) writeResource(resource, lines, '    ', ids);
  lines.push('  </resources>', '</application>', '');
  return lines.join('\n');
}

function segmentsOf(template: string): string[] {
  return template.split('/').filter((segment) => segment !== '');
}

function resourceTree(rows: readonly TransactionRow[]): Resource {
  const tree: Resource = { segment: '', rows: [], children: new Map() };
  for (const row of rows) {
    let at = tree;
    for (const segment of segmentsOf(row.template)) {
      const child = at.children.get(segment) ?? { segment, rows: [], children: new Map() };
      at.children.set(segment, child);
      at = child;
    }
    at.rows.push(row);
  }
  return tree;
}

/** The resource that `segments` lead to, inside those that it lies in; of the base, all. */
function selected(tree: Resource, segments: readonly string[]): Resource[] {
  const [first, ...rest] = segments;
  if (first === undefined) return [...tree.children.values()];
  const child = tree.children.get(first);
  if (!child) return [];
  if (rest.length === 0) return [child];
  const [inner] = selected(child, rest);
  return inner ? [{ segment: first, rows: [], children: new Map([[inner.segment, inner]]) }] : [];
}

function writeResource(resource: Resource, lines: string[], indent: string, ids: Set<string>): void {
  lines.push(`${indent}<resource path="${xmlText(resource.segment)}">`);
  const variable = /^\{\*?(\w+)\}$/.exec(resource.segment)?.[1];
  if (variable !== undefined)
    lines.push(`${indent}  <param name="${variable}" style="template" type="xs:string" required="true"/>`);
  for (const row of resource.rows) writeMethod(row, lines, `${indent}  `, ids);
  for (const child of resource.children.values()) writeResource(child, lines, `${indent}  `, ids);
  lines.push(`${indent}</resource>`);
}

function writeMethod(row: TransactionRow, lines: string[], indent: string, ids: Set<string>): void {
  lines.push(`${indent}<method name="${row.method}" id="${uniqueId(row.transaction, ids)}">`);
  lines.push(`${indent}  <doc title="${xmlText(row.transaction)}">${xmlText(row.section)}</doc>`);
  lines.push(`${indent}  <request>`);
  if (row.produces.length > 0) {
    lines.push(
      `${indent}    <param name="Accept" style="header" default="${xmlText(row.produces[0] ?? '')}">`,
    );
    for (const type of row.produces) lines.push(`${indent}      <option value="${xmlText(type)}"/>`);
    lines.push(`${indent}    </param>`);
  }
  for (const name of row.query) lines.push(`${indent}    <param name="${xmlText(name)}" style="query"/>`);
  for (const type of row.consumes) lines.push(`${indent}    <representation mediaType="${xmlText(type)}"/>`);
  lines.push(`${indent}  </request>`, `${indent}  <response>`);
  for (const type of row.produces) lines.push(`${indent}    <representation mediaType="${xmlText(type)}"/>`);
  lines.push(`${indent}  </response>`, `${indent}</method>`);
}

/** An xs:ID: the transaction's name and, from the second on, a number. */
function uniqueId(transaction: string, ids: Set<string>): string {
  const name = transaction.replace(/\W+/g, '');
  let id = name;
  for (let count = 2; ids.has(id); count += 1) id = `${name}${count}`;
  ids.add(id);
  return id;
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPED[character] ?? character);
}
