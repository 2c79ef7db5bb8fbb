import { deflateSync } from 'node:zlib';

/** The version, and a comment with bytes above 127, which tells programs that the file is binary. */
const HEADER = Buffer.from('%PDF-1.7\n%\xff\xff\xff\xff\n', 'latin1');
const END_OF_STREAM = Buffer.from('\nendstream\nendobj\n', 'latin1');

/** Streams of a diploma are short, so a small window and a quick level cost half the time and 1 % more bytes. */
const QUICK = { level: 4, windowBits: 14, memLevel: 8 };

export const deflated = (bytes: Buffer): Buffer => deflateSync(bytes, QUICK);

/** Bytes of a text in which each character is one byte. */
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/**
 * A PDF file (ISO 32000-1, 7.5) that is being written. Small objects go into one deflated object stream, which saves a
 * fifth of a diploma's bytes; streams follow each other in the order in which they are added. Equal calls give equal
 * bytes.
 */
export class PdfWriter {
  readonly #parts: Buffer[] = [HEADER];
  #size = HEADER.length;
  /** By object number: offset in the file; or minus one minus the index in the object stream; null: not added yet. */
  readonly #places: (number | null)[] = [0];
  readonly #packed: { id: number; text: string }[] = [];

  /** A new object number, for an object that is added later. */
  reserve(): number {
    return this.#places.push(null) - 1;
  }

  /** Adds a small object; returns its number. */
  object(text: string, id = this.reserve()): number {
    this.#places[id] = -this.#packed.push({ id, text });
    return id;
  }

  /** Adds an object outside of the object stream, where its bytes can be found. */
  openObject(text: string, id = this.reserve()): number {
    this.#write(id, bytesOf(`${id} 0 obj\n${text}\nendobj\n`));
    return id;
  }

  /** Adds a stream whose bytes are already encoded by its filter; `entries` are those of its dictionary. */
  stream(entries: string, bytes: Buffer, id = this.reserve()): number {
    this.#write(
      id,
      bytesOf(`${id} 0 obj\n<<\n${entries}\n/Length ${bytes.length}\n>>\nstream\n`),
      bytes,
      END_OF_STREAM,
    );
    return id;
  }

  /** Adds a stream and deflates it. */
  deflated(entries: string, bytes: Buffer, id = this.reserve()): number {
    return this.stream(`${entries}${entries === '' ? '' : '\n'}/Filter /FlateDecode`, deflated(bytes), id);
  }

  #write(id: number, ...parts: Buffer[]): void {
    this.#places[id] = this.#size;
    for (const part of parts) {
      this.#parts.push(part);
      this.#size += part.length;
    }
  }

  /**
   * Ends the file with its object stream and cross-reference stream; returns its bytes.
   * @param trailer entries of the trailer: root, information, identifier
   * @throws Error when a reserved object was never added
   */
  finish(trailer: string): Buffer {
    const missing = this.#places.indexOf(null);
    if (missing >= 0) throw new Error(`object ${missing} of the PDF was never added`);
    const holder = this.#objectStream();
    const start = this.#size;
    const table = this.reserve();
    this.#places[table] = start;
    const entries = `/Type /XRef\n/W [1 3 2]\n/Size ${this.#places.length}\n${trailer}`;
    this.deflated(entries, this.#rows(holder), table);
    return Buffer.concat([...this.#parts, bytesOf(`startxref\n${start}\n%%EOF\n`)]);
  }

  /** One object stream with all small objects (ISO 32000-1, 7.5.7). */
  #objectStream(): number {
    let [index, at] = ['', 0];
    for (const { id, text } of this.#packed) {
      index += `${id} ${at} `;
      at += text.length + 1;
    }
    const head = `${index.trimEnd()}\n`;
    const body = bytesOf(`${head}${this.#packed.map(({ text }) => text).join('\n')}`);
    return this.deflated(`/Type /ObjStm\n/N ${this.#packed.length}\n/First ${head.length}`, body);
  }

  /** Rows of the cross-reference stream (ISO 32000-1, 7.5.8): type in one byte, position in three, index in two. */
  #rows(holder: number): Buffer {
    const rows = Buffer.alloc(this.#places.length * 6);
    rows.writeUInt16BE(0xffff, 4);
    for (let id = 1; id < this.#places.length; id += 1) {
      const place = this.#places[id] ?? 0;
      rows.writeUInt8(place < 0 ? 2 : 1, id * 6);
      rows.writeUIntBE(place < 0 ? holder : place, id * 6 + 1, 3);
      rows.writeUInt16BE(place < 0 ? -place - 1 : 0, id * 6 + 4);
    }
    return rows;
  }
}
