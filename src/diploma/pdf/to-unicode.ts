const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** A code of two bytes, hexadecimal. */
export function codeHex(code: number): string {
  return `${HEX[code >> 8] ?? ''}${HEX[code & 255] ?? ''}`;
}

/** A text in UTF-16, most significant byte first, hexadecimal. */
function unicodeHex(text: string): string {
  return Array.from({ length: text.length }, (_, index) => codeHex(text.charCodeAt(index))).join('');
}

/** Codes that one range may cover: they differ in the last byte alone. */
const RANGE = 256;
/** Ranges that one section may hold. */
const SECTION = 100;

/** A code and the text it stands for. */
interface CodedText {
  readonly code: number;
  readonly text: string;
}

function ranges(coded: readonly CodedText[]): string[] {
  const list: string[] = [];
  let [texts, first, next]: [string[], number, number] = [[], 0, -1];
  const close = (): void => {
    if (texts.length > 0) list.push(`<${codeHex(first)}> <${codeHex(next - 1)}> [${texts.join(' ')}]`);
  };
  for (const { code, text } of coded) {
    if (code !== next || code % RANGE === 0) {
      close();
      [texts, first] = [[], code];
    }
    texts.push(`<${unicodeHex(text)}>`);
    next = code + 1;
  }
  close();
  return list;
}

/** The table by which a reader turns codes of two bytes into text (ISO 32000-1, 9.10.3); `coded` is in order of code. */
export function toUnicodeTable(coded: readonly CodedText[]): string {
  const list = ranges(coded);
  const sections: string[] = [];
  for (let from = 0; from < list.length; from += SECTION) {
    const some = list.slice(from, from + SECTION);
    sections.push(`${some.length} beginbfrange\n${some.join('\n')}\nendbfrange`);
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
