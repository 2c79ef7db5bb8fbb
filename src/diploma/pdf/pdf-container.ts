import { deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { packObjects } from './pack-objects.ts';
import { srgbProfile } from './srgb-profile.ts';

/** Declares PDF/UA-1 beside PDF/A-3a; PDF/A asks that the foreign schema be described (ISO 19005-3, 6.6.2.3). */
const PDFUA_XMP = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 standard</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`;

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
  /** Points; A4 on its side where it is left out. */
  page?: { readonly width: number; readonly height: number };
}

/** A4 on its side, in points. */
const A4_LANDSCAPE = { width: 841.89, height: 595.28 };

/** What of pdfkit's own workings is used here; `test/diploma/pdf-container.test.ts` fails when any of it changes. */
interface Inner {
  _addInfo(): void;
  _addColorOutputIntent(): void;
  _root: { data: Record<string, unknown> };
  _acroform: { fonts: Record<string, never>; defaultFont: string };
}

const PROFILE = deflateSync(srgbProfile(), { level: 9 });
const PROFILE_NAME = 'sRGB IEC61966-2.1';

const xml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * pdfkit as a container of pages, objects and structure: archival (PDF/A-3a) and accessible (PDF/UA-1), its metadata
 * escaped, its bytes gathered without a stream.
 */
export class PdfContainer extends PDFDocument {
  // Not initialised here: pdfkit's constructor already pushes, before fields of this class exist.
  declare private chunks: Uint8Array[] | undefined;
  declare private isComplete: boolean | undefined;

  constructor({ title, author, subject, keywords, language, date, page = A4_LANDSCAPE }: DocumentInfo) {
    super({
      size: [page.width, page.height],
      margin: 0,
      pdfVersion: '1.7',
      subset: 'PDF/A-3a',
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
    });
    this.appendXML(PDFUA_XMP);
    const inner = this as unknown as Inner;
    // pdfkit would deflate a larger profile anew for every document; should it do so under another name one day, it
    // does so still.
    inner._addColorOutputIntent = () => this.#addOutputIntent();
  }

  #addOutputIntent(): void {
    const reference = this.stream({ N: 3, Filter: 'FlateDecode' }, PROFILE);
    const intent = this.ref({
      Type: 'OutputIntent',
      S: 'GTS_PDFA1',
      Info: new String(PROFILE_NAME),
      OutputConditionIdentifier: new String(PROFILE_NAME),
      DestOutputProfile: reference,
    });
    intent.end(null);
    (this as unknown as Inner)._root.data['OutputIntents'] = [intent];
  }

  /** Without the indentation that pdfkit gives its templates of metadata, which are not compressed. */
  override appendXML(xmlText: string, newline?: boolean): void {
    super.appendXML(xmlText.replace(/\s*\n\s*/g, '\n'), newline);
  }

  /** Gathers what pdfkit would hand to its stream, piece by piece, when the document is read. */
  override push(chunk: Uint8Array | null): boolean {
    this.chunks ??= [];
    if (chunk === null) this.isComplete = true;
    else this.chunks.push(chunk);
    return true;
  }

  /** pdfkit writes the texts of `info` into XMP as they are: a name with `&` or `<` in it would break the metadata. */
  _addInfo(): void {
    const plain = this.info;
    const escaped = Object.entries(plain).map(([key, value]) => [key, typeof value === 'string' ? xml(value) : value]);
    this.info = Object.fromEntries(escaped) as typeof plain;
    (PDFDocument.prototype as unknown as Inner)._addInfo.call(this);
    this.info = plain;
    const modified = (plain.ModDate ?? new Date(0)).toISOString().slice(0, 19);
    this.appendXML(
      `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:ModifyDate>${modified}Z</xmp:ModifyDate></rdf:Description>`,
    );
  }

  /** Adds a stream whose bytes are already as its `Filter` says. */
  stream(entries: object, bytes: Uint8Array): PDFKit.PDFKitReference {
    const reference = this.ref(entries);
    reference.compress = false;
    reference.end(bytes);
    return reference;
  }

  /** Adds a stream, deflated here. */
  deflated(entries: object, bytes: Uint8Array): PDFKit.PDFKitReference {
    return this.stream({ ...entries, Filter: 'FlateDecode' }, deflateSync(bytes));
  }

  /** Gives the document a form with these entries. pdfkit's own `initForm` asks viewers to redraw, which PDF/A forbids. */
  setForm(entries: object): void {
    const inner = this as unknown as Inner;
    inner._acroform = { fonts: {}, defaultFont: 'none' };
    inner._root.data['AcroForm'] = this.ref(entries);
  }

  /**
   * Ends the document and gives its bytes.
   * @throws Error when something of it is not written yet: all that is added here is, at once
   */
  finish(): Buffer {
    this.end();
    if (this.isComplete !== true) throw new Error('a PDF that pdfkit has not finished: something in it is left open');
    return packObjects(Buffer.concat(this.chunks ?? []));
  }
}
