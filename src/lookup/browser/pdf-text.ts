/**
 * Reads PDF files in the browser, as far as diplomas and programs that save them again use the format: compressed streams,
 * object streams, fonts with a table of their letters.
 */

/** A PDF value: dictionaries are maps, names begin with a slash, strings are bytes one to one. */
type Value = Ref | Map<string, Value> | Value[] | string | number | Text | null;
class Ref {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
}
/** A string, as its bytes. */
class Text {
  readonly bytes: string;
  constructor(bytes: string) {
    this.bytes = bytes;
  }
}

export interface PdfFile {
  values: Map<number, Value>;
  /** Decoded streams by the number of their object, in the order of the file. */
  streams: Map<number, Uint8Array>;
}

/** A diploma has a hundredth of it. */
const MOST_BYTES = 64 * 1024 * 1024;

const TOKEN =
  /[\0\t\n\f\r ]+|%[^\r\n]*|(<<|>>|\[|\]|\{|\})|(\/[^\0\t\n\f\r ()<>[\]{}/%]*)|<([0-9A-Fa-f\s]*)>|(\()|([^\0\t\n\f\r ()<>[\]{}/%]+)|[\s\S]/gy;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Reads values and operators one after the other, as both objects and page contents are written. */
class Scanner {
  at: number;
  readonly #text: string;

  constructor(text: string, at = 0) {
    this.#text = text;
    this.at = at;
  }

  /** The next token: a structural sign or an operator as `{ sign }`, or a value; undefined at the end. */
  token(): { sign: string } | { value: Value } | undefined {
    while (this.at < this.#text.length) {
      TOKEN.lastIndex = this.at;
      const found = TOKEN.exec(this.#text);
      if (found === null) return undefined;
      this.at = TOKEN.lastIndex;
      const [, sign, name, hex, open, word] = found;
      if (sign !== undefined) return { sign };
      if (name !== undefined)
        return {
          value: name.replace(/#([0-9A-Fa-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
        };
      if (hex !== undefined) return { value: new Text(fromHex(hex.replace(/\s/g, ''))) };
      if (open !== undefined) return { value: new Text(this.#literal()) };
      if (word !== undefined) return /^[+-]?[\d.]+$/.test(word) ? { value: Number(word) } : { sign: word };
    }
    return undefined;
  }

  /** The rest of a string in brackets. */
  #literal(): string {
    let text = '';
    for (let depth = 1; this.at < this.#text.length; this.at += 1) {
      const sign = this.#text[this.at] ?? '';
      if (sign === '(') depth += 1;
      if (sign === ')') depth -= 1;
      if (depth === 0) break;
      if (sign !== '\\') {
        text += sign;
        continue;
      }
      const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.at + 1, this.at + 4))?.[0];
      const next = this.#text[this.at + 1] ?? '';
      if (octal !== undefined) text += String.fromCharCode(Number.parseInt(octal, 8) & 255);
      else if (next !== '\n' && next !== '\r') text += ESCAPES[next] ?? next;
      this.at += octal?.length ?? 1;
    }
    this.at += 1;
    return text;
  }

  /** The next value; operators and missing values are null. */
  value(): Value {
    const token = this.token();
    if (token === undefined) return null;
    if ('value' in token) return typeof token.value === 'number' ? this.#reference(token.value) : token.value;
    if (token.sign === '<<') return this.#dictionary();
    if (token.sign === '[') return this.#list(']');
    return null;
  }

  #reference(id: number): Value {
    const found = /^[\s]+\d+[\s]+R(?![\w])/.exec(this.#text.slice(this.at, this.at + 20));
    if (found === null) return id;
    this.at += found[0].length;
    return new Ref(id);
  }

  #list(end: string): Value[] {
    const items: Value[] = [];
    for (;;) {
      const before = this.at;
      const token = this.token();
      if (token === undefined || ('sign' in token && token.sign === end)) return items;
      this.at = before;
      items.push(this.value());
    }
  }

  #dictionary(): Map<string, Value> {
    const items = this.#list('>>');
    const entries = new Map<string, Value>();
    for (let index = 0; index + 1 < items.length; index += 2)
      entries.set(String(items[index]), items[index + 1] ?? null);
    return entries;
  }
}

const fromHex = (hex: string): string =>
  (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');

/** One character a byte; the decoder of browsers for Latin-1 is one for Windows-1252. */
function asLatin(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
}

/**
 * Reads all objects one after the other, without the file's tables: later ones replace earlier ones.
 * @throws when it is no PDF, is encrypted, or is larger than a diploma can be
 */
export async function openPdf(bytes: Uint8Array): Promise<PdfFile> {
  if (bytes.length > MOST_BYTES) throw new Error('the file is too large');
  const text = asLatin(bytes);
  if (!text.slice(0, 1024).includes('%PDF-') || /\/Encrypt\s+\d+\s+\d+\s+R/.test(text))
    throw new Error('not a readable PDF');
  const file: PdfFile = { values: new Map(), streams: new Map() };
  const limit = { left: MOST_BYTES };
  const head = /(\d+)\s+\d+\s+obj\b/g;
  for (let found = head.exec(text); found !== null; found = head.exec(text)) {
    const id = Number(found[1]);
    const scanner = new Scanner(text, head.lastIndex);
    const value = scanner.value();
    file.values.set(id, value);
    file.streams.delete(id);
    const start = /^\s*stream\r?\n/.exec(text.slice(scanner.at, scanner.at + 20));
    head.lastIndex = scanner.at;
    if (!(value instanceof Map) || start === null) continue;
    const from = scanner.at + start[0].length;
    const length = lengthOf(value, text, from);
    head.lastIndex = from + length;
    const body = await decode(value, bytes.subarray(from, from + length), limit);
    if (body === null) continue;
    file.streams.set(id, body);
    if (value.get('/Type') === '/ObjStm') unpack(value, asLatin(body), file);
  }
  return file;
}

/** The length of a stream as its dictionary gives it, where the stream indeed ends there; else up to `endstream`. */
function lengthOf(dictionary: Map<string, Value>, text: string, from: number): number {
  const given = dictionary.get('/Length');
  if (typeof given === 'number' && /^\s*endstream/.test(text.slice(from + given, from + given + 12))) return given;
  const end = text.indexOf('endstream', from);
  if (end < 0) throw new Error('a stream does not end');
  return text.slice(from, end).replace(/\r?\n$/, '').length;
}

/** Null: compressed in a way that texts are not. */
async function decode(
  dictionary: Map<string, Value>,
  bytes: Uint8Array,
  limit: { left: number },
): Promise<Uint8Array | null> {
  const filters = [dictionary.get('/Filter') ?? []].flat();
  if (dictionary.get('/Subtype') === '/Image' || filters.length > 1) return null;
  if (filters.length === 0) return bytes;
  if (filters[0] !== '/FlateDecode') return null;
  const parts: Uint8Array[] = [];
  try {
    const inflated = new Blob([bytes as Uint8Array<ArrayBuffer>])
      .stream()
      .pipeThrough(new DecompressionStream('deflate'));
    const reader = inflated.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      limit.left -= read.value.length;
      if (limit.left < 0) throw new RangeError('the file is too large');
      parts.push(read.value);
    }
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // Damaged at its end: what came before is still text.
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Adds the objects of an object stream (ISO 32000-1, 7.5.7). */
function unpack(dictionary: Map<string, Value>, text: string, { values }: PdfFile): void {
  const [count, first] = ['/N', '/First'].map((key) => Number(dictionary.get(key)));
  const index = new Scanner(text);
  for (let one = 0; one < (count ?? 0); one += 1) {
    const [id, offset] = [Number(index.value()), Number(index.value())];
    values.set(id, new Scanner(text, (first ?? 0) + offset).value());
  }
}

/** A font's letters by code, and how many bytes a code has. */
interface Font {
  letters: Map<number, string>;
  size: 1 | 2;
}

/** Text of all pages, in the order in which it is drawn. */
export function textOf(file: PdfFile): string {
  const at = (value: Value | undefined): Value =>
    value instanceof Ref ? (file.values.get(value.id) ?? null) : (value ?? null);
  const dictionary = (value: Value | undefined): Map<string, Value> => {
    const found = at(value);
    return found instanceof Map ? found : new Map<string, Value>();
  };
  const stream = (value: Value | undefined): Uint8Array | undefined =>
    value instanceof Ref ? file.streams.get(value.id) : undefined;
  const fonts = new Map<Value, Font>();
  const fontOf = (value: Value): Font => {
    const font = dictionary(value);
    const known = fonts.get(font);
    if (known !== undefined) return known;
    const table = stream(font.get('/ToUnicode'));
    const made: Font = {
      letters: lettersOf(table ? asLatin(table) : ''),
      size: font.get('/Subtype') === '/Type0' ? 2 : 1,
    };
    fonts.set(font, made);
    return made;
  };
  const drawn: string[] = [];
  /** @param depth forms may show each other for ever */
  const draw = (contents: string, resources: Map<string, Value>, depth: number): void => {
    const scanner = new Scanner(contents);
    let [operands, font]: [Value[], Font | null] = [[], null];
    while (scanner.at < contents.length) {
      const before = scanner.at;
      const token = scanner.token();
      if (token === undefined) break;
      if ('value' in token || token.sign === '[' || token.sign === '<<') {
        scanner.at = before;
        operands.push(scanner.value());
        continue;
      }
      const [first = null] = operands;
      if (token.sign === 'Tf') font = fontOf(dictionary(resources.get('/Font')).get(String(first)) ?? null);
      if (['Tj', 'TJ', "'", '"'].includes(token.sign)) drawn.push(lettersIn(operands.flat(), font));
      if (token.sign === 'Do' && depth < 4) {
        const form = dictionary(resources.get('/XObject')).get(String(first));
        const body = dictionary(form).get('/Subtype') === '/Form' ? stream(form) : undefined;
        if (body) draw(asLatin(body), dictionary(dictionary(form).get('/Resources') ?? resources), depth + 1);
      }
      operands = [];
    }
  };
  for (const page of file.values.values()) {
    if (!(page instanceof Map) || page.get('/Type') !== '/Page') continue;
    const parts = [page.get('/Contents') ?? null].flatMap((one) =>
      Array.isArray(at(one)) ? (at(one) as Value[]) : [one],
    );
    const contents = parts.map((part) => asLatin(stream(part) ?? new Uint8Array())).join('\n');
    let resources = page.get('/Resources');
    // A damaged file may name a page as its own parent.
    for (let [up, steps] = [page, 0]; resources === undefined && steps < 50; steps += 1) {
      up = dictionary(up.get('/Parent'));
      resources = up.get('/Resources');
    }
    draw(contents, dictionary(resources), 0);
  }
  return drawn.join(' ');
}

function lettersIn(strings: Value[], font: Font | null): string {
  const { letters, size } = font ?? { letters: new Map<number, string>(), size: 1 };
  let text = '';
  for (const one of strings) {
    if (!(one instanceof Text)) continue;
    for (let at = 0; at < one.bytes.length; at += size) {
      const code =
        size === 1 ? one.bytes.charCodeAt(at) : one.bytes.charCodeAt(at) * 256 + one.bytes.charCodeAt(at + 1);
      text += letters.get(code) ?? (size === 1 ? one.bytes[at] : '');
    }
  }
  return text;
}

/** Reads a ToUnicode table (ISO 32000-1, 9.10.3). */
function lettersOf(table: string): Map<number, string> {
  const letters = new Map<number, string>();
  const utf16 = (hex: string) =>
    (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('');
  for (const [, kind, body = ''] of table.matchAll(/beginbf(char|range)([\s\S]*?)endbf/g)) {
    const pattern = kind === 'char' ? /<(\w+)>\s*<(\w*)>/g : /<(\w+)>\s*<(\w+)>\s*(?:<(\w*)>|\[([^\]]*)\])/g;
    for (const [, from = '', second = '', start, list] of body.matchAll(pattern)) {
      const code = Number.parseInt(from, 16);
      if (kind === 'char') letters.set(code, utf16(second));
      const last = Math.min(Number.parseInt(second, 16), code + 0xffff);
      if (list !== undefined)
        for (const [place, [, hex = '']] of [...list.matchAll(/<(\w*)>/g)].entries())
          letters.set(code + place, utf16(hex));
      if (kind === 'range' && start !== undefined) {
        const [head, unit] = [utf16(start.slice(0, -4)), Number.parseInt(start.slice(-4), 16)];
        for (let one = code; one <= last; one += 1) letters.set(one, head + String.fromCharCode(unit + one - code));
      }
    }
  }
  return letters;
}
