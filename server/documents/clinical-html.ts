import type { ClinicalDocument, ClinicalSection } from './clinical-document.ts';
import { html, type Markup, page } from './html.ts';
import { factsToHtml } from './report-html.ts';
import type { XmlElement } from './xml-tree.ts';

/**
 * The document as a page of its own. Of the narrative (CDA R2 4.3.5) what is known is written anew in our own elements, without a
 * single attribute of the document's but spans of table cells; of what is unknown only the text is kept. So nothing in it can run,
 * load or lead elsewhere.
 */
export function clinicalDocumentToHtml(document: ClinicalDocument): string {
  return page(
    document.title,
    html`<h1>${document.title}</h1>
${factsToHtml(document.facts)}
${
  document.otherBody === undefined
    ? undefined
    : html`<p class="notice">The body of this document is ${document.otherBody} and is not shown here; retrieve the document itself.</p>`
}<main>
${document.sections.map((section) => sectionToHtml(section, 2))}</main>`,
  );
}

function sectionToHtml(section: ClinicalSection, level: number): Markup {
  const title =
    section.title === ''
      ? undefined
      : level === 2
        ? html`<h2>${section.title}</h2>`
        : html`<h3>${section.title}</h3>`;
  return html`<section>${title}
${section.narrative && narrativeToHtml(section.narrative)}
${section.sections.map((one) => sectionToHtml(one, level + 1))}</section>
`;
}

function narrativeToHtml(element: XmlElement): Markup {
  return html`${element.children.map((child) => (typeof child === 'string' ? child : elementToHtml(child)))}`;
}

function elementToHtml(element: XmlElement): Markup {
  const inside = narrativeToHtml(element);
  switch (element.name) {
    case 'paragraph':
      return html`<p>${inside}</p>`;
    case 'list':
      return element.attributes.listType === 'ordered' ? html`<ol>${inside}</ol>` : html`<ul>${inside}</ul>`;
    case 'item':
      return html`<li>${inside}</li>`;
    case 'table':
      return html`<table>${inside}</table>`;
    case 'thead':
      return html`<thead>${inside}</thead>`;
    case 'tbody':
      return html`<tbody>${inside}</tbody>`;
    case 'tfoot':
      return html`<tfoot>${inside}</tfoot>`;
    case 'tr':
      return html`<tr>${inside}</tr>`;
    case 'th':
      return html`<th${spans(element)}>${inside}</th>`;
    case 'td':
      return html`<td${spans(element)}>${inside}</td>`;
    case 'caption':
      return html`<b>${inside}</b> `;
    case 'br':
      return html`<br>`;
    case 'sup':
      return html`<sup>${inside}</sup>`;
    case 'sub':
      return html`<sub>${inside}</sub>`;
    case 'content':
      return contentToHtml(element, inside);
    case 'renderMultiMedia':
      return html`<i>(a picture of the document, not shown here)</i> ${inside}`;
    default:
      return inside;
  }
}

/** Emphasis carries meaning (what is new, what was struck out), so it stays. */
function contentToHtml(element: XmlElement, inside: Markup): Markup {
  const style = (element.attributes.styleCode ?? '').toLowerCase();
  if (element.attributes.revised === 'delete') return html`<del>${inside}</del>`;
  if (element.attributes.revised === 'insert') return html`<ins>${inside}</ins>`;
  if (style.includes('bold')) return html`<b>${inside}</b>`;
  if (style.includes('italics')) return html`<i>${inside}</i>`;
  if (style.includes('underline')) return html`<u>${inside}</u>`;
  return html`<span>${inside}</span>`;
}

function spans({ attributes }: XmlElement): Markup {
  const span = (name: 'rowspan' | 'colspan') => {
    const value = attributes[name] ?? '';
    return /^[1-9]\d{0,2}$/.test(value) ? html` ${name}="${value}"` : undefined;
  };
  return html`${span('rowspan')}${span('colspan')}`;
}
