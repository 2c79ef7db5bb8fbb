import { runWell } from './tools.ts';

/** A value as qpdf's JSON (version 2) has it: names begin with `/`, texts with `u:`, bytes with `b:`, references are `1 0 R`. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Dictionary = { [key: string]: Value };

interface QpdfObject {
  value?: Value;
  stream?: { dict: Dictionary; data?: string };
}

interface QpdfJson {
  pages: { object: string }[];
  qpdf: [{ maxobjectid: number }, Record<string, QpdfObject>];
}

const REFERENCE = /^\d+ \d+ R$/;

/** The objects of a PDF file, read by qpdf: no code of the product has part in it. */
export class PdfObjects {
  readonly pages: readonly string[];
  /** Highest object number in use. */
  readonly last: number;
  readonly #objects: Record<string, QpdfObject>;

  constructor(json: QpdfJson) {
    this.pages = json.pages.map((page) => page.object);
    this.last = json.qpdf[0].maxobjectid;
    this.#objects = json.qpdf[1];
  }

  /** References of all objects. */
  get references(): string[] {
    return Object.keys(this.#objects).flatMap((key) => (key.startsWith('obj:') ? [key.slice(4)] : []));
  }

  /** What a value is once references are followed; of a stream, its dictionary. */
  resolve(value: Value | undefined): Value {
    if (typeof value !== 'string' || !REFERENCE.test(value)) return value ?? null;
    const object = this.#objects[`obj:${value}`];
    return object?.stream?.dict ?? this.resolve(object?.value ?? null);
  }

  /** A dictionary behind a value; an empty one where there is none. */
  dictionary(value: Value | undefined): Dictionary {
    const found = this.resolve(value);
    return found === null || typeof found !== 'object' || Array.isArray(found) ? {} : found;
  }

  /** A list behind a value; anything else but null is a list of one. */
  list(value: Value | undefined): Value[] {
    const found = this.resolve(value);
    if (Array.isArray(found)) return found;
    return found === null || value === undefined ? [] : [value];
  }

  /** A text behind a value. */
  text(value: Value | undefined): string | null {
    const found = this.resolve(value);
    if (typeof found !== 'string') return null;
    if (found.startsWith('u:')) return found.slice(2);
    return found.startsWith('b:') ? Buffer.from(found.slice(2), 'hex').toString('latin1') : found;
  }

  /** The inflated bytes of a stream; null where the value is no stream. */
  bytes(value: Value | undefined): Buffer | null {
    const data = typeof value === 'string' ? this.#objects[`obj:${value}`]?.stream?.data : undefined;
    return data === undefined ? null : Buffer.from(data, 'base64');
  }

  get trailer(): Dictionary {
    return (this.#objects['trailer']?.value ?? {}) as Dictionary;
  }

  /** Reference of the catalogue. */
  get root(): string {
    return String(this.trailer['/Root']);
  }
}

/** Reads a file. @throws Error with what qpdf says when the file cannot be read without repair */
export async function readObjects(path: string): Promise<PdfObjects> {
  const args = ['--json=2', '--json-stream-data=inline', '--decode-level=generalized', path];
  return new PdfObjects(JSON.parse(await runWell('qpdf', args)) as QpdfJson);
}
