const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** A code of two bytes, hexadecimal. */
export function codeHex(code: number): string {
  return `${HEX[code >> 8] ?? ''}${HEX[code & 255] ?? ''}`;
}

/** A text in UTF-16, most significant byte first, hexadecimal. */
function unicodeHex(text: string): string {
  return Array.from({ length: text.length }, (_, index) => codeHex(text.charCodeAt(index))).join('');
}

/** Mappings that one section may hold (Adobe technical note 5014). */
const SECTION = 100;

/** A code and the text it stands for. */
interface CodedText {
  readonly code: number;
  readonly text: string;
}

/**
 * The table by which a reader turns codes of two bytes into text (ISO 32000-1, 9.10.3); `coded` is in order of code.
 * One line a code: Ghostscript 10.00 loses the words of a file whose table has ranges with an array, when it saves it anew.
 */
export function toUnicodeTable(coded: readonly CodedText[]): string {
  const list = coded.map(({ code, text }) => `<${codeHex(code)}> <${unicodeHex(text)}>`);
  const sections: string[] = [];
  for (let from = 0; from < list.length; from += SECTION) {
    const some = list.slice(from, from + SECTION);
    sections.push(`${some.length} beginbfchar\n${some.join('\n')}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Adobe-Identity-UCS def
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${sections.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`;
}
