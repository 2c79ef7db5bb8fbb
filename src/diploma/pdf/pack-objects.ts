import { deflate } from './deflate.ts';
import type { WrittenObject } from './written-objects.ts';

/** Whether an object may go into an object stream. Streams may not, nor the seal, because it is found by its bytes. */
const isPackable = ({ contents, stream }: WrittenObject): boolean =>
  stream === null && !contents.includes('/Type /Sig\n');

/** One object stream with all small objects (ISO 32000-1, 7.5.7). */
function objectStream(id: number, packed: readonly WrittenObject[]): WrittenObject {
  let at = 0;
  const index = packed.map((one) => {
    const entry = `${one.id} ${at}`;
    at += one.contents.length + 1;
    return entry;
  });
  const head = `${index.join(' ')}\n`;
  const body = `${head}${packed.map((one) => one.contents).join('\n')}`;
  const entries = `/Type /ObjStm /N ${packed.length} /First ${head.length}`;
  return deflated(id, entries, Buffer.from(body, 'latin1'));
}

function deflated(id: number, entries: string, body: Buffer): WrittenObject {
  const stream = deflate(body);
  return { id, contents: `<<\n${entries}\n/Filter /FlateDecode /Length ${stream.length}\n>>`, stream };
}

/** Place of an object: its offset in the file, or its index in the object stream. */
type Entry = { offset: number } | { index: number };

/** The cross-reference stream (ISO 32000-1, 7.5.8): type in one byte, position in three, index in two. */
function tableStream(id: number, entries: ReadonlyMap<number, Entry>, holder: number, trailer: string): WrittenObject {
  const rows = Buffer.alloc((id + 1) * 6);
  rows.writeUInt16BE(0xffff, 4);
  for (const [object, entry] of entries) {
    const inside = 'index' in entry;
    rows.writeUInt8(inside ? 2 : 1, object * 6);
    rows.writeUIntBE(inside ? holder : entry.offset, object * 6 + 1, 3);
    rows.writeUInt16BE(inside ? entry.index : 0, object * 6 + 4);
  }
  const rest = trailer
    .slice('<<'.length, -'>>'.length)
    .replace(/\/Size \d+/, `/Size ${id + 1}`)
    .trim();
  return deflated(id, `/Type /XRef /W [1 3 2] ${rest}`, rows);
}

/** A file that grows piece by piece; texts have one byte in each character. */
class GrowingFile {
  length = 0;
  readonly #pieces: (string | Uint8Array)[] = [];

  add(...pieces: (string | Uint8Array)[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.length += piece.length;
    }
  }

  addObject({ id, contents, stream }: WrittenObject): void {
    this.add(`${id} 0 obj\n${contents}\n`);
    if (stream !== null) this.add('stream\n', stream, '\nendstream\n');
    this.add('endobj\n');
  }

  bytes(): Buffer {
    const file = Buffer.allocUnsafeSlow(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      if (typeof piece === 'string') file.write(piece, at, 'latin1');
      else file.set(piece, at);
      at += piece.length;
    }
    return file;
  }
}

/** Readers take a file with bytes above 127 in its second line for a binary one (ISO 32000-1, 7.5.2). */
const HEADER = '%PDF-1.7\n%\xff\xff\xff\xff\n';

/**
 * A PDF file of these objects: the many small ones are packed into one deflated object stream, and the xref table into
 * a cross-reference stream. This saves a fifth of a diploma's bytes.
 * @param trailer the trailer dictionary
 */
export function packObjects(objects: readonly WrittenObject[], trailer: string): Buffer {
  const [holder, table] = [objects.length + 1, objects.length + 2];
  const file = new GrowingFile();
  const packed: WrittenObject[] = [];
  const entries = new Map<number, Entry>();
  const place = (object: WrittenObject): void => {
    entries.set(object.id, { offset: file.length });
    file.addObject(object);
  };
  file.add(HEADER);
  for (const object of objects) {
    if (!isPackable(object)) place(object);
    else entries.set(object.id, { index: packed.push(object) - 1 });
  }
  place(objectStream(holder, packed));
  const start = file.length;
  entries.set(table, { offset: start });
  file.addObject(tableStream(table, entries, holder, trailer));
  file.add(`startxref\n${start}\n%%EOF\n`);
  return file.bytes();
}
