import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { dateString, ref, textString } from './pdf-values.ts';
import type { PdfWriter } from './pdf-writer.ts';
import { srgbProfile } from './srgb-profile.ts';

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
export const A4_LANDSCAPE = { width: 841.89, height: 595.28 };

const MAKER = 'Gramota';
const PROFILE = deflateSync(srgbProfile(), { level: 9 });
const PROFILE_NAME = textString('sRGB IEC61966-2.1');

const xml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** PDF/A-3a, and PDF/UA-1 with the description that PDF/A requires of a foreign schema (ISO 19005-3, 6.6.2.3). */
const DECLARED = `<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 standard</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>`;

/** The metadata as XMP (ISO 16684-1); its values equal those of the information dictionary, as PDF/A requires. */
function metadata({ title, author, subject, keywords, date }: DocumentInfo): Buffer {
  const time = `${date.toISOString().slice(0, 19)}Z`;
  const text = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
${DECLARED}
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${time}</xmp:CreateDate><xmp:ModifyDate>${time}</xmp:ModifyDate><xmp:CreatorTool>${MAKER}</xmp:CreatorTool></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xml(title)}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>${xml(author)}</rdf:li></rdf:Seq></dc:creator><dc:description><rdf:Alt><rdf:li xml:lang="x-default">${xml(subject)}</rdf:li></rdf:Alt></dc:description></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>${MAKER}</pdf:Producer><pdf:Keywords>${xml(keywords)}</pdf:Keywords></rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
  return Buffer.from(text, 'utf8');
}

/** What the catalog of a document refers to. */
export interface Catalog {
  pages: number;
  structure: number;
  /** File specifications of the attachments, by name. */
  attachments: readonly { name: string; id: number }[];
  /** The form that contains the seal's field. */
  form: number | null;
}

/**
 * Ends a file that is archival (PDF/A-3a) and accessible (PDF/UA-1): adds metadata, colour profile and catalog;
 * returns its bytes.
 */
export function finishArchival(file: PdfWriter, info: DocumentInfo, catalog: Catalog): Buffer {
  const profile = file.stream('/N 3\n/Filter /FlateDecode', PROFILE);
  const intent = `<<\n/Type /OutputIntent\n/S /GTS_PDFA1\n/Info ${PROFILE_NAME}\n/OutputConditionIdentifier ${PROFILE_NAME}\n/DestOutputProfile ${ref(profile)}\n>>`;
  // Metadata must be readable without decoding (ISO 19005-3, 6.6.2.1).
  const xmp = file.stream('/Type /Metadata\n/Subtype /XML', metadata(info));
  const { attachments, form } = catalog;
  const files = attachments.map(({ id }) => ref(id)).join(' ');
  const names = attachments.map(({ name, id }) => `${textString(name)} ${ref(id)}`).join(' ');
  const entries = [
    '/Type /Catalog',
    `/Pages ${ref(catalog.pages)}`,
    '/MarkInfo <<\n/Marked true\n>>',
    `/Lang ${textString(info.language)}`,
    '/ViewerPreferences <<\n/DisplayDocTitle true\n>>',
    `/StructTreeRoot ${ref(catalog.structure)}`,
    `/Metadata ${ref(xmp)}`,
    `/OutputIntents [${ref(file.object(intent))}]`,
    ...(files === '' ? [] : [`/Names <<\n/EmbeddedFiles <<\n/Names [${names}]\n>>\n>>`, `/AF [${files}]`]),
    ...(form === null ? [] : [`/AcroForm ${ref(form)}`]),
  ];
  const root = file.object(`<<\n${entries.join('\n')}\n>>`);
  const date = dateString(info.date);
  const [title, author, subject, keywords] = [info.title, info.author, info.subject, info.keywords].map(textString);
  const about = `<<\n/Title ${title}\n/Author ${author}\n/Subject ${subject}\n/Keywords ${keywords}\n/Creator (${MAKER})\n/Producer (${MAKER})\n/CreationDate ${date}\n/ModDate ${date}\n>>`;
  const id = createHash('sha256').update(about, 'latin1').digest('hex').slice(0, 32);
  return file.finish(`/Root ${ref(root)}\n/Info ${ref(file.object(about))}\n/ID [<${id}> <${id}>]`);
}
