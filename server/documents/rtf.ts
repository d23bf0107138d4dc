/** Plain text as an RTF document (1.9): control characters escaped, what is not ASCII by its UTF-16 code. */
export function textToRtf(text: string): string {
  const body = text.replace(/\r\n?/g, '\n').replace(/[^ -[\]-z|~]/g, escaped);
  return `{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\f0\\fs22\n${body}}\n`;
}

/** One UTF-16 code unit as RTF has it. */
function escaped(unit: string): string {
  if (unit === '\n') return '\\par\n';
  if (unit === '\t') return '\\tab ';
  if (unit === '\\' || unit === '{' || unit === '}') return `\\${unit}`;
  const code = unit.charCodeAt(0);
  // \uN takes a signed 16-bit number, and a character for readers that don't know it.
  return code < 0x20 ? '' : `\\u${signed(code)}?`;
}

function signed(code: number): number {
  return code > 0x7fff ? code - 0x10000 : code;
}
