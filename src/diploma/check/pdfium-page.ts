import { copyOf, lend, type Pdfium, readText } from './pdfium.ts';

/** One character of the text layer, in the order PDFium reads the page. */
export interface PageCharacter {
  text: string;
  /** True when the file maps its glyph to no character; `text` is then the glyph's code. */
  unmapped: boolean;
  /** Marked-content id (MCID) of the character, or -1. */
  markedContent: number;
}

/** An element of the structure tree, with its replacement text. */
export interface PageElement {
  type: string;
  alt: string;
  actualText: string;
  /** Marked-content ids of the element and its descendants. */
  markedContents: number[];
}

/** A rectangle in points, measured from the lower left corner of the page. */
export interface Box {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

/** One byte per pixel: 0 is black, 255 is white. */
export interface Bitmap {
  width: number;
  height: number;
  data: Uint8Array;
}

/** PDFium reports a hyphen at a line end as one of these code points. */
const PARTING = new Set([0x2, 0xfffe]);
const WHITE = 0xffffffff;
/** FPDFBitmap_Gray */
const GREY = 1;

/** An open page; do not use it after it was closed. */
export class PdfiumPage {
  readonly #pdfium: Pdfium;
  readonly #page: number;

  constructor(pdfium: Pdfium, page: number) {
    this.#pdfium = pdfium;
    this.#page = page;
  }

  /** Size of the page in points. */
  get size(): { width: number; height: number } {
    const { FPDF_GetPageWidthF, FPDF_GetPageHeightF } = this.#pdfium;
    return { width: FPDF_GetPageWidthF(this.#page), height: FPDF_GetPageHeightF(this.#page) };
  }

  /** The text layer; `embedded` is true when every font of the text is embedded. */
  text(): { characters: PageCharacter[]; embedded: boolean } {
    const pdfium = this.#pdfium;
    const page = pdfium.FPDFText_LoadPage(this.#page);
    try {
      const objects = new Map<number, number>();
      const faces = new Map<number, boolean>();
      const characters: PageCharacter[] = [];
      const count = pdfium.FPDFText_CountChars(page);
      for (let index = 0; index < count; index += 1) {
        const object = pdfium.FPDFText_GetTextObject(page, index);
        let markedContent = objects.get(object);
        if (markedContent === undefined) {
          // PDFium inserts spaces and line breaks of its own; they belong to no page object.
          markedContent = object === 0 ? -1 : pdfium.FPDFPageObj_GetMarkedContentID(object);
          objects.set(object, markedContent);
          const face = object === 0 ? 0 : pdfium.FPDFTextObj_GetFont(object);
          if (face !== 0 && !faces.has(face)) faces.set(face, pdfium.FPDFFont_GetIsEmbedded(face) === 1);
        }
        const code = pdfium.FPDFText_GetUnicode(page, index);
        const unmapped = pdfium.FPDFText_HasUnicodeMapError(page, index) === 1;
        characters.push({
          text: PARTING.has(code) && !unmapped ? '-' : String.fromCodePoint(code),
          unmapped,
          markedContent,
        });
      }
      return { characters, embedded: [...faces.values()].every(Boolean) };
    } finally {
      pdfium.FPDFText_ClosePage(page);
    }
  }

  /** All structure elements that have content on this page, parents before children. */
  elements(): PageElement[] {
    const pdfium = this.#pdfium;
    const tree = pdfium.FPDF_StructTree_GetForPage(this.#page);
    if (tree === 0) return [];
    try {
      const list: PageElement[] = [];
      const roots = pdfium.FPDF_StructTree_CountChildren(tree);
      for (let index = 0; index < roots; index += 1)
        this.#walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), list);
      return list;
    } finally {
      pdfium.FPDF_StructTree_Close(tree);
    }
  }

  #walk(element: number, list: PageElement[]): number[] {
    if (element === 0) return [];
    const pdfium = this.#pdfium;
    const own: PageElement = {
      type: readText(pdfium, (at, size) => pdfium.FPDF_StructElement_GetType(element, at, size)),
      alt: readText(pdfium, (at, size) => pdfium.FPDF_StructElement_GetAltText(element, at, size)),
      actualText: readText(pdfium, (at, size) => pdfium.FPDF_StructElement_GetActualText(element, at, size)),
      markedContents: [],
    };
    list.push(own);
    const ids = Math.max(0, pdfium.FPDF_StructElement_GetMarkedContentIdCount(element));
    for (let index = 0; index < ids; index += 1)
      own.markedContents.push(pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index));
    const children = Math.max(0, pdfium.FPDF_StructElement_CountChildren(element));
    for (let index = 0; index < children; index += 1)
      own.markedContents.push(...this.#walk(pdfium.FPDF_StructElement_GetChildAtIndex(element, index), list));
    return own.markedContents;
  }

  /** The bounding box of the given marked content, or null when it draws nothing. */
  boxOf(markedContents: readonly number[]): Box | null {
    const pdfium = this.#pdfium;
    const read = (address: number) => pdfium.pdfium.getValue(address, 'float');
    return lend(pdfium, 16, (at) => {
      const boxes: Box[] = [];
      const count = pdfium.FPDFPage_CountObjects(this.#page);
      for (let index = 0; index < count; index += 1) {
        const object = pdfium.FPDFPage_GetObject(this.#page, index);
        if (!markedContents.includes(pdfium.FPDFPageObj_GetMarkedContentID(object))) continue;
        if (!pdfium.FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12)) continue;
        boxes.push({ left: read(at), bottom: read(at + 4), right: read(at + 8), top: read(at + 12) });
      }
      if (boxes.length === 0) return null;
      return {
        left: Math.min(...boxes.map((box) => box.left)),
        bottom: Math.min(...boxes.map((box) => box.bottom)),
        right: Math.max(...boxes.map((box) => box.right)),
        top: Math.max(...boxes.map((box) => box.top)),
      };
    });
  }

  /** Paints the page without annotations into a rectangle (pixels) of a bitmap. */
  paintOn(bitmap: number, at: { left: number; top: number; width: number; height: number }, flags: number): void {
    this.#pdfium.FPDF_RenderPageBitmap(bitmap, this.#page, at.left, at.top, at.width, at.height, 0, flags);
  }

  /**
   * Paints a part of the page on white, in grey; `scale` is pixels per point. PDFium stores lines of grey pixels as
   * multiples of four; the pixels beyond the part stay white.
   */
  render(box: Box, scale: number): Bitmap {
    const pdfium = this.#pdfium;
    const painted = Math.ceil((box.right - box.left) * scale);
    const width = 4 * Math.ceil(painted / 4);
    const height = Math.ceil((box.top - box.bottom) * scale);
    const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, GREY, 0, 0);
    if (bitmap === 0) throw new Error(`PDFium has no memory for ${width} × ${height} pixels`);
    try {
      pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
      const { height: pageHeight } = this.size;
      const matrix = [scale, 0, 0, scale, -box.left * scale, (box.top - pageHeight) * scale];
      const clip = [0, 0, painted, height];
      lend(pdfium, 40, (at) => {
        for (const [index, value] of [...matrix, ...clip].entries())
          pdfium.pdfium.setValue(at + 4 * index, value, 'float');
        pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, this.#page, at, at + 24, 0);
      });
      const data = copyOf(pdfium, pdfium.FPDFBitmap_GetBuffer(bitmap), width * height);
      return { width, height, data };
    } finally {
      pdfium.FPDFBitmap_Destroy(bitmap);
    }
  }
}
