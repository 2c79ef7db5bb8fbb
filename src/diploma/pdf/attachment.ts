import { createHash } from 'node:crypto';
import { dateString, pdfName, ref, textString } from './pdf-values.ts';
import type { PdfWriter } from './pdf-writer.ts';

/** A file attached to the diploma. */
export interface Attachment {
  name: string;
  mediaType: string;
  description: string;
  /** `Data`: the source data of the page; `Alternative`: the same content in another form (ISO 19005-3, annex E). */
  relationship: 'Data' | 'Alternative';
  bytes: Buffer;
  date: Date;
}

/** Adds a file; returns the object number of its specification, which the catalog must list. */
export function attachFile(
  file: PdfWriter,
  { name, mediaType, description, relationship, bytes, date }: Attachment,
): number {
  const day = dateString(date);
  // The 16 bytes of an MD5 (ISO 32000-1, table 46).
  const sum = createHash('md5').update(bytes).digest('hex');
  const params = `/Params <<\n/CreationDate ${day}\n/ModDate ${day}\n/CheckSum <${sum}>\n/Size ${bytes.length}\n>>`;
  const stream = file.deflated(`/Type /EmbeddedFile\n/Subtype ${pdfName(mediaType)}\n${params}`, bytes);
  const called = textString(name);
  return file.object(
    `<<\n/Type /Filespec\n/AFRelationship /${relationship}\n/F ${called}\n/UF ${called}\n/EF <<\n/F ${ref(stream)}\n>>\n/Desc ${textString(description)}\n>>`,
  );
}
