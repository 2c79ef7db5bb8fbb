import { deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { packObjects } from './pack-objects.ts';
import { srgbProfile } from './srgb-profile.ts';

/** Declares PDF/UA-1 beside PDF/A-3a. PDF/A requires a description of the foreign schema (ISO 19005-3, 6.6.2.3). */
const PDFUA_XMP = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 standard</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`;

/** Metadata of the document. */
export interface DocumentInfo {
  title: string;
  author: string;
  subject: string;
  keywords: string;
  /** Language of the document as BCP 47 tag. */
  language: string;
  /** The only time in the file, so that equal facts give equal bytes. */
  date: Date;
  /** In points; default is A4 landscape. */
  page?: { readonly width: number; readonly height: number };
}

/** A4 landscape, in points. */
const A4_LANDSCAPE = { width: 841.89, height: 595.28 };

/** Internals of pdfkit that are used here. `test/diploma/pdf-container.test.ts` fails when one of them changes. */
interface Inner {
  _addInfo(): void;
  _addColorOutputIntent(): void;
  _root: { data: Record<string, unknown> };
  _acroform: { fonts: Record<string, never>; defaultFont: string };
}

const PROFILE = deflateSync(srgbProfile(), { level: 9 });
/** Streams of a diploma are short, so a small window and a quick level cost half the time and 1 % more bytes. */
const QUICK = { level: 4, windowBits: 14, memLevel: 8 };
const PROFILE_NAME = 'sRGB IEC61966-2.1';

const xml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * A pdfkit document that is archival (PDF/A-3a) and accessible (PDF/UA-1). It escapes metadata, and collects the
 * bytes without a stream.
 */
export class PdfContainer extends PDFDocument {
  // No initialiser: the constructor of pdfkit calls `push` before the fields of this class are initialised.
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
      // No default font: the standard 14 fonts are not embedded, and PDF/A forbids that.
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
    // pdfkit would deflate its larger colour profile again for every document. If pdfkit renames this method, the
    // document only gets larger.
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

  /** pdfkit gives the MD5 of an attached file as 32 digits; a reader expects its 16 bytes (ISO 32000-1, table 46). */
  override ref(entries: object = {}): PDFKit.PDFKitReference {
    const { Type, Params } = entries as { Type?: string; Params?: { CheckSum: unknown } };
    if (Type === 'EmbeddedFile' && Params) Params.CheckSum = Buffer.from(String(Params.CheckSum), 'hex');
    return super.ref(entries);
  }

  /** Removes pdfkit's indentation from the metadata, which is not compressed. */
  override appendXML(xmlText: string, newline?: boolean): void {
    super.appendXML(xmlText.replace(/\s*\n\s*/g, '\n'), newline);
  }

  /** Collects the chunks that pdfkit would push into its stream. */
  override push(chunk: Uint8Array | null): boolean {
    this.chunks ??= [];
    if (chunk === null) this.isComplete = true;
    else this.chunks.push(chunk);
    return true;
  }

  /** pdfkit writes the texts of `info` into XMP without escaping; a name with `&` or `<` would break the metadata. */
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

  /** Adds a stream whose bytes are already encoded by its `Filter`. */
  stream(entries: object, bytes: Uint8Array): PDFKit.PDFKitReference {
    const reference = this.ref(entries);
    reference.compress = false;
    reference.end(bytes);
    return reference;
  }

  /** Adds a stream and deflates it. */
  deflated(entries: object, bytes: Uint8Array): PDFKit.PDFKitReference {
    return this.stream({ ...entries, Filter: 'FlateDecode' }, deflateSync(bytes, QUICK));
  }

  /** Adds a form dictionary with these entries. pdfkit's own `initForm` sets NeedAppearances, which PDF/A forbids. */
  setForm(entries: object): void {
    const inner = this as unknown as Inner;
    inner._acroform = { fonts: {}, defaultFont: 'none' };
    inner._root.data['AcroForm'] = this.ref(entries);
  }

  /**
   * Ends the document and returns its bytes.
   * @throws Error when an object is still open
   */
  finish(): Buffer {
    this.end();
    if (this.isComplete !== true) throw new Error('pdfkit has not finished the PDF: an object is still open');
    return packObjects(Buffer.concat(this.chunks ?? []));
  }
}
