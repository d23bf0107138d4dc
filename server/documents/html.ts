import { createHash } from 'node:crypto';

/** HTML that is safe to put into a page: made by `html` alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Markup | undefined | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` for a page: markup characters as entities, and without control characters, which HTML forbids. */
export function escapeHtml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
      .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
  );
}

/** A template of HTML: what is not itself `Markup` is escaped, so that no stored text can become markup. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Markup {
  return new Markup(
    strings.map((string, i) => string + (i < values.length ? markupOf(values[i]) : '')).join(''),
  );
}

function markupOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'string') return escapeHtml(piece);
  if (typeof piece === 'number') return String(piece);
  return piece.map(markupOf).join('');
}

const STYLE = [
  'body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}',
  'h1{font-size:1.6rem;margin:0 0 1rem}h2,h3,h4,h5,h6{font-size:1.1rem;margin:1.2rem 0 .3rem}',
  'dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 1rem}',
  'dl.facts dt{color:#555}dl.facts dd{margin:0;overflow-wrap:anywhere}',
  'ul.items{list-style:none;margin:0;padding-left:1.2rem;border-left:2px solid #ddd}',
  '.name{font-weight:600}.how{color:#555;font-style:italic}.value{white-space:pre-wrap;overflow-wrap:anywhere}',
  '.notice{border:2px solid #b35900;background:#fff4e5;padding:.5rem .8rem;margin:0 0 1rem;font-weight:600}',
  'table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}',
  'pre{white-space:pre-wrap}:target{background:#fff8c5}',
  // In a dark room, and where the page around it is dark; on paper never.
  '@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark}body{color:#d5dbe1;background:#10141a}',
  'dl.facts dt,.how{color:#9aa5b1}ul.items{border-left-color:#333c46}th,td{border-color:#46505b}',
  '.notice{background:#2b1d08;color:#ffd8a8}a{color:#7cb7ff}:target{background:#3a3312}}',
].join('\n');

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * For every answer that shows what was stored: no script, no form, nothing from elsewhere, no style but our own. The sandbox keeps
 * our origin, without which links to images would lose the session.
 */
export const DOCUMENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-same-origin allow-popups',
].join('; ');

/** A whole page, in UTF-8. */
export function page(title: string, body: Markup): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
