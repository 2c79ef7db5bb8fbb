/** An object of a PDF as it is written; `contents` has one byte in each character. */
export interface WrittenObject {
  readonly id: number;
  readonly contents: string;
  /** Encoded bytes of a stream; null: the object has none. */
  readonly stream: Uint8Array | null;
}

const HEAD = /^(\d+) 0 obj$/;

/**
 * The objects of a PDF in the order in which pdfkit writes them, piece by piece: a line with the object's number, its
 * contents, for a stream also `stream`, its bytes and `endstream`, then `endobj`. After them come the xref table and
 * the trailer.
 */
export class WrittenObjects {
  readonly list: WrittenObject[] = [];
  /** Entries of the trailer dictionary; null: it is not written yet. */
  trailer: string | null = null;
  #id: number | null = null;
  #contents: string | null = null;
  #stream: Uint8Array | null = null;
  #isTrailer = false;

  /** @throws Error when an object does not have the form that pdfkit gives it */
  add(piece: string | Uint8Array): void {
    if (this.#id === null) this.#between(piece);
    else if (this.#contents === null) this.#contents = textOf(piece);
    else if (piece === 'endobj') this.#end(this.#id, this.#contents);
    else if (typeof piece !== 'string') this.#stream = piece;
    else if (piece !== 'stream' && piece !== '\nendstream')
      throw new Error('pdfkit wrote a PDF object in another form');
  }

  #between(piece: string | Uint8Array): void {
    if (this.#isTrailer) this.trailer ??= textOf(piece);
    else if (piece === 'trailer') this.#isTrailer = true;
    else {
      const id = typeof piece === 'string' ? HEAD.exec(piece)?.[1] : undefined;
      if (id !== undefined) this.#id = Number(id);
    }
  }

  #end(id: number, contents: string): void {
    this.list.push({ id, contents, stream: this.#stream });
    [this.#id, this.#contents, this.#stream] = [null, null, null];
  }
}

function textOf(piece: string | Uint8Array): string {
  if (typeof piece === 'string') return piece;
  throw new Error('pdfkit wrote a PDF object in another form');
}
