const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** A two-byte code in hexadecimal. */
export function codeHex(code: number): string {
  return `${HEX[code >> 8] ?? ''}${HEX[code & 255] ?? ''}`;
}

/** A text as UTF-16BE in hexadecimal. */
function unicodeHex(text: string): string {
  let hex = '';
  for (let index = 0; index < text.length; index += 1) hex += codeHex(text.charCodeAt(index));
  return hex;
}

/** Maximum number of mappings per section (Adobe technical note 5014). */
const SECTION = 100;

/** A code and the text it stands for. */
interface CodedText {
  readonly code: number;
  readonly text: string;
}

/**
 * The ToUnicode table, which maps two-byte codes to text (ISO 32000-1, 9.10.3); `coded` is sorted by code. It has one
 * line per code: Ghostscript 10.00 loses words when it re-saves a file whose table uses ranges with arrays.
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
