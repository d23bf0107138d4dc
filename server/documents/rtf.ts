/** Plain text as an RTF document (1.9): control characters escaped, what is not ASCII by its UTF-16 code. */
export function textToRtf(text: string): string {
  const body = Array.from(text.replace(/\r\n?/g, '\n'), (character) => {
    if (character === '\n') return '\\par\n';
    if (character === '\\' || character === '{' || character === '}') return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) return character;
    if (code < 0x20) return character === '\t' ? '\\tab ' : '';
    // \uN takes a signed 16-bit number, and a character for readers that don't know it.
    return Array.from({ length: character.length }, (_, i) => `\\u${signed(character.charCodeAt(i))}?`).join(
      '',
    );
  }).join('');
  return `{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\f0\\fs22\n${body}}\n`;
}

function signed(code: number): number {
  return code > 0x7fff ? code - 0x10000 : code;
}
