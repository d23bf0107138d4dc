import { type Report, type ReportItem, referenceInWords } from './report.ts';

/** The report as plain text, two spaces of indent a level, lines ended by LF. */
export function reportToText(report: Report): string {
  return [
    report.title,
    '='.repeat(Math.min(report.title.length, 78)),
    ...report.notices.map((notice) => `*** ${notice} ***`),
    '',
    ...report.facts.map(([label, value]) => `${label}: ${value}`),
    '',
    ...report.items.flatMap((item) => linesOf(item, 0)),
    '',
  ].join('\n');
}

function linesOf(item: ReportItem, level: number): string[] {
  const indent = '  '.repeat(level);
  const name = item.name === '' ? '' : `${item.name}${item.valueType === 'CONTAINER' ? '' : ':'}`;
  const words = [
    item.relationship === '' ? '' : `(${item.relationship})`,
    name,
    item.value,
    ...item.references.map(referenceInWords),
    ...item.seeItems.map((position) => `see item ${position}`),
  ].filter((word) => word !== '');
  const [first = '', ...rest] = words.join(' ').split(/\r\n|\r|\n/);
  const own = words.length === 0 ? [] : [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
  const below = item.items.flatMap((child) => linesOf(child, level + 1));
  return item.valueType === 'CONTAINER' && level === 0 ? ['', ...own, ...below] : [...own, ...below];
}
