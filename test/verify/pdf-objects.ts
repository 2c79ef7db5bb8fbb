import { runWell } from './tools.ts';

/**
 * A value in qpdf's JSON (version 2): names begin with `/`, texts with `u:`, bytes with `b:`; references look like `1
 * 0 R`.
 */
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

/** The objects of a PDF file as read by qpdf, without any code of the product. */
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

  /** The value behind references; for a stream, its dictionary. */
  resolve(value: Value | undefined): Value {
    if (typeof value !== 'string' || !REFERENCE.test(value)) return value ?? null;
    const object = this.#objects[`obj:${value}`];
    return object?.stream?.dict ?? this.resolve(object?.value ?? null);
  }

  /** The value as dictionary; empty when it is not one. */
  dictionary(value: Value | undefined): Dictionary {
    const found = this.resolve(value);
    return found === null || typeof found !== 'object' || Array.isArray(found) ? {} : found;
  }

  /** The value as list; null becomes an empty list, any other value a list of one. */
  list(value: Value | undefined): Value[] {
    const found = this.resolve(value);
    if (Array.isArray(found)) return found;
    return found === null || value === undefined ? [] : [value];
  }

  /** Returns a PDF value as text. */
  text(value: Value | undefined): string | null {
    const found = this.resolve(value);
    if (typeof found !== 'string') return null;
    if (found.startsWith('u:')) return found.slice(2);
    return found.startsWith('b:') ? Buffer.from(found.slice(2), 'hex').toString('latin1') : found;
  }

  /** The inflated bytes of a stream; null when the value is not a stream. */
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

/**
 * Reads a file.
 * @throws Error with qpdf's message when the file cannot be read without repair
 */
export async function readObjects(path: string): Promise<PdfObjects> {
  const args = ['--json=2', '--json-stream-data=inline', '--decode-level=generalized', path];
  return new PdfObjects(JSON.parse(await runWell('qpdf', args)) as QpdfJson);
}
