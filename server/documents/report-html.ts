import { html, type Markup, page } from './html.ts';
import {
  type Report,
  type ReportItem,
  type ReportReference,
  referenceInWords,
  type UrlOf,
} from './report.ts';

const DEEPEST_HEADING = 6;

/** The report as a page of its own (text/html, UTF-8). Every stored text is escaped. */
export function reportToHtml(report: Report, urlOf: UrlOf): string {
  return page(
    report.title,
    html`<h1>${report.title}</h1>
${report.notices.map((notice) => html`<p class="notice">${notice}</p>\n`)}${factsToHtml(report.facts)}
<main>
${report.items.map((item) => itemToHtml(item, 2, urlOf))}</main>`,
  );
}

/** Label and value, one under the other. */
export function factsToHtml(facts: readonly [string, string][]): Markup {
  return html`<dl class="facts">
${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>\n`)}</dl>`;
}

function itemToHtml(item: ReportItem, level: number, urlOf: UrlOf): Markup {
  const id = `item-${item.position.replaceAll('.', '-')}`;
  const children = item.items.map((child) => itemToHtml(child, level + 1, urlOf));
  if (item.valueType === 'CONTAINER' && item.relationship === '') {
    return html`<section id="${id}">
${item.name === '' ? undefined : heading(item.name, level)}${children}</section>
`;
  }
  return html`<div id="${id}">${lineOf(item, urlOf)}${
    children.length === 0
      ? undefined
      : html`<ul class="items">${children.map((one) => html`<li>${one}</li>`)}</ul>`
  }</div>
`;
}

function heading(text: string, level: number): Markup {
  switch (Math.min(level, DEEPEST_HEADING)) {
    case 2:
      return html`<h2>${text}</h2>\n`;
    case 3:
      return html`<h3>${text}</h3>\n`;
    case 4:
      return html`<h4>${text}</h4>\n`;
    case 5:
      return html`<h5>${text}</h5>\n`;
    default:
      return html`<h6>${text}</h6>\n`;
  }
}

function lineOf(item: ReportItem, urlOf: UrlOf): Markup {
  const pieces: Markup[] = [];
  if (item.relationship !== '') pieces.push(html`<span class="how">${item.relationship}</span>`);
  if (item.name !== '')
    pieces.push(html`<span class="name">${item.name}${item.value === '' ? undefined : ':'}</span>`);
  if (item.value !== '') {
    const title = item.code === undefined ? undefined : html` title="${item.code}"`;
    pieces.push(html`<span class="value"${title}>${item.value}</span>`);
  }
  for (const reference of item.references) pieces.push(referenceToHtml(reference, urlOf));
  for (const position of item.seeItems)
    pieces.push(
      html`<a href="#item-${position.replace(/[^\d.]/g, '').replaceAll('.', '-')}">see item ${position}</a>`,
    );
  return html`${pieces.map((piece, i) => (i === 0 ? piece : html` ${piece}`))}`;
}

function referenceToHtml(reference: ReportReference, urlOf: UrlOf): Markup {
  const words = referenceInWords(reference);
  const url = urlOf(reference);
  return url === undefined ? html`<span class="value">${words}</span>` : html`<a href="${url}">${words}</a>`;
}
