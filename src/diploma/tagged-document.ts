import PDFDocument from 'pdfkit';
import type { Face, FaceBook } from './faces.ts';
import type { ShapedLine } from './shaped-line.ts';

/** What a document says about itself. */
export interface DocumentInfo {
  title: string;
  author: string;
  subject: string;
  keywords: string;
  /** BCP 47. */
  language: string;
  /** The one instant in the file, so that equal facts give equal bytes. */
  date: Date;
}

export type Structure = PDFKit.PDFStructureElement;

/** Declares PDF/UA-1 beside PDF/A-3a; PDF/A asks that the foreign schema be described (ISO 19005-3, 6.6.2.3). */
const PDFUA_XMP = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 standard</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`;

const xml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** pdfkit writes the texts of `info` into XMP as they are: a name with `&` or `<` in it would break the metadata. */
class EscapedMetadata extends PDFDocument {
  _addInfo(): void {
    const plain = this.info;
    const escaped = Object.entries(plain).map(([key, value]) => [key, typeof value === 'string' ? xml(value) : value]);
    this.info = Object.fromEntries(escaped) as typeof plain;
    (PDFDocument.prototype as unknown as { _addInfo(): void })._addInfo.call(this);
    this.info = plain;
    const modified = (plain.ModDate ?? new Date(0)).toISOString().slice(0, 19);
    this.appendXML(
      `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:ModifyDate>${modified}Z</xmp:ModifyDate></rdf:Description>`,
    );
  }
}

export interface TextStyle {
  size: number;
  /** `#rrggbb`. */
  colour: string;
  /** Extra space between letters in points; for words of the template only, never for joined scripts. */
  spacing?: number;
}

/** A tagged PDF (PDF/A-3a, PDF/UA-1) on A4 landscape pages; coordinates are points from the top left corner. */
export class TaggedDocument {
  readonly width = 841.89;
  readonly height = 595.28;
  readonly root: Structure;
  readonly #pdf: PDFKit.PDFDocument;
  readonly #faceNames = new Map<Face, string>();
  readonly #chunks: Buffer[] = [];

  /** The glyphs of the faces must have been forgotten: see `forgetGlyphs`. */
  constructor(info: DocumentInfo, faces: FaceBook) {
    const { title, author, subject, keywords, language, date } = info;
    const options = {
      size: 'A4',
      layout: 'landscape' as const,
      margin: 0,
      pdfVersion: '1.7' as const,
      subset: 'PDF/A-3a' as const,
      tagged: true,
      lang: language,
      displayTitle: true,
      autoFirstPage: false,
      // No default face: the standard 14 are not embedded, which archival files forbid.
      font: null as unknown as string,
      info: {
        Title: title,
        Author: author,
        Subject: subject,
        Keywords: keywords,
        Creator: 'Gramota',
        Producer: 'PDFKit',
        CreationDate: date,
        ModDate: date,
      },
    };
    this.#pdf = new EscapedMetadata(options);
    this.#pdf.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.#pdf.appendXML(PDFUA_XMP);
    for (const face of faces.all) {
      this.#faceNames.set(face, face.name);
      this.#pdf.registerFont(face.name, face.font as unknown as string);
    }
    this.root = this.#pdf.struct('Document');
    this.#pdf.addStructure(this.root);
  }

  addPage(): void {
    this.#pdf.addPage();
  }

  /** Draws path operators that carry no meaning: ornament, rules. */
  artifact(operators: string): void {
    this.#pdf.markContent('Artifact', { type: 'Layout' });
    this.#pdf.addContent(operators);
    this.#pdf.endMarkedContent();
  }

  /** Paints what repeats at the foot of pages and is no part of the text. */
  footer(draw: () => void): void {
    this.#pdf.markContent('Artifact', { type: 'Pagination' });
    draw();
    this.#pdf.endMarkedContent();
  }

  /** Adds an element whose children are added by `fill`. */
  group(parent: Structure, type: string, fill: (element: Structure) => void): void {
    const element = this.#pdf.struct(type);
    parent.add(element);
    fill(element);
    element.end();
  }

  /** Adds an element of text; `draw` paints its lines. */
  text(
    parent: Structure,
    type: string,
    lines: readonly ShapedLine[],
    draw: () => void,
    scope?: 'Column' | 'Row',
  ): void {
    const actual = lines.some((line) => line.actualText === 'element')
      ? lines.map((line) => line.text).join(' ')
      : null;
    const options = { ...(actual === null ? {} : { actual }), ...(scope === undefined ? {} : { scope }) };
    parent.add(this.#pdf.struct(type, options, draw));
  }

  /** Adds a picture made of path operators. */
  figure(parent: Structure, alt: string, box: [number, number, number, number], operators: string): void {
    const bbox: [number, number, number, number] = [box[0], box[1], box[0] + box[2], box[1] + box[3]];
    const options: object = { alt, bbox };
    parent.add(this.#pdf.struct('Figure', options, () => this.#pdf.addContent(operators)));
  }

  /** Adds a link: `draw` paints its text, the box is what can be clicked. */
  link(parent: Structure, url: string, alt: string, box: [number, number, number, number], draw: () => void): void {
    const element = this.#pdf.struct('Link', { alt });
    parent.add(element);
    element.add(draw);
    // A string of a PDF dictionary must be a String object here: a plain string would be written as a name.
    const contents = new String(alt) as string;
    const options: object = { Contents: contents, structParent: element };
    this.#pdf.link(...box, url, options);
    element.end();
  }

  /** Paints one line with its baseline at y, from x to the right. */
  line(line: ShapedLine, x: number, y: number, { size, colour, spacing = 0 }: TextStyle): void {
    const span = line.actualText === 'span';
    if (span) this.#pdf.markContent('Span', { actual: line.text });
    let at = x;
    for (const run of line.runs) {
      this.#pdf
        .font(this.#faceNames.get(run.face) ?? run.face.name, size)
        .fillColor(colour)
        // `features` makes pdfkit shape a run whole: word by word it would lose the order of right-to-left words.
        .text(run.text, at, y, { lineBreak: false, features: [], baseline: 'alphabetic', characterSpacing: spacing });
      at += run.width * size + spacing * [...run.text].length;
    }
    if (span) this.#pdf.endMarkedContent();
  }

  /** Ends the document and gives its bytes. */
  finish(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#pdf.on('end', () => resolve(Buffer.concat(this.#chunks)));
      this.#pdf.on('error', reject);
      this.root.end();
      this.#pdf.end();
    });
  }
}

/** Width of a line in points. */
export function lineWidth(line: ShapedLine, { size, spacing = 0 }: Pick<TextStyle, 'size' | 'spacing'>): number {
  return line.width * size + spacing * ([...line.text].length - 1);
}
