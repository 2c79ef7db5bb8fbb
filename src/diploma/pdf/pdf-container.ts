import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { deflate } from './deflate.ts';
import { packObjects } from './pack-objects.ts';
import { srgbProfile } from './srgb-profile.ts';
import { WrittenObjects } from './written-objects.ts';

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
  addNamedEmbeddedFile(name: string, specification: PDFKit.PDFKitReference): void;
  _acroform: { fonts: Record<string, never>; defaultFont: string };
}

/** The stream of a page's operators inside pdfkit; `buffer` holds what was written to it. */
interface InnerContent {
  buffer: Uint8Array[];
  compress: boolean;
  data: Record<string, unknown>;
  write(operators: string): void;
  end(): void;
  finalize(): void;
}

/** A file to attach to a document. */
export interface AttachedFile {
  name: string;
  mediaType: string;
  description: string;
  relationship: string;
  bytes: Uint8Array;
  date: Date;
}

const PROFILE = deflateSync(srgbProfile(), { level: 9 });
const PROFILE_NAME = 'sRGB IEC61966-2.1';

const xml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * A pdfkit document that is archival (PDF/A-3a) and accessible (PDF/UA-1). It escapes metadata, and collects the
 * objects without a stream.
 */
export class PdfContainer extends PDFDocument {
  // No initialiser: the constructor of pdfkit calls `_write` before the fields of this class are initialised.
  declare private written: WrittenObjects | undefined;
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

  /** Removes pdfkit's indentation from the metadata, which is not compressed. */
  override appendXML(xmlText: string, newline?: boolean): void {
    super.appendXML(xmlText.replace(/\s*\n\s*/g, '\n'), newline);
  }

  /** Collects the pieces that pdfkit would turn into bytes one by one. */
  _write(piece: string | Uint8Array): void {
    this.written ??= new WrittenObjects();
    this.written.add(piece);
  }

  /** pdfkit calls it once, with null, after its last object. */
  override push(chunk: Uint8Array | null): boolean {
    this.isComplete = chunk === null;
    return true;
  }

  /** pdfkit turns each operator into bytes of its own; here a page's operators are joined first. */
  override addPage(options?: PDFKit.PDFDocumentOptions): this {
    super.addPage(options);
    const content = this.page.content as unknown as InnerContent;
    // What pdfkit itself has written at the beginning of the page.
    const operators = content.buffer.map((bytes) => Buffer.from(bytes).toString('latin1').replace(/\n$/, ''));
    content.write = (operator: string): void => void operators.push(operator);
    content.end = (): void => {
      const bytes = Buffer.from(`${operators.join('\n')}\n`, 'latin1');
      content.compress = false;
      content.data['Filter'] = 'FlateDecode';
      content.buffer = [deflate(bytes)];
      content.finalize();
    };
    return this;
  }

  /** Attaches a file and associates it with the document (ISO 32000-1, 7.11.4; ISO 19005-3, annex E). */
  attach({ name, mediaType, description, relationship, bytes, date }: AttachedFile): void {
    const title = new String(name);
    const checksum = createHash('md5').update(bytes).digest();
    const file = this.deflated(
      {
        Type: 'EmbeddedFile',
        Params: { CreationDate: date, ModDate: date, CheckSum: checksum, Size: bytes.length },
        Subtype: mediaType.replaceAll('/', '#2F'),
      },
      bytes,
    );
    const entries = { F: title, EF: { F: file }, UF: title, Desc: new String(description) };
    const specification = this.ref({ Type: 'Filespec', AFRelationship: relationship, ...entries });
    specification.end(null);
    const inner = this as unknown as Inner;
    inner.addNamedEmbeddedFile(name, specification);
    inner._root.data['AF'] = [...((inner._root.data['AF'] as object[] | undefined) ?? []), specification];
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
    return this.stream({ ...entries, Filter: 'FlateDecode' }, deflate(bytes));
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
    const { list = [], trailer = null } = this.written ?? {};
    if (trailer === null) throw new Error('pdfkit has written no trailer');
    return packObjects(list, trailer);
  }
}
