import { dateString, ref, textString } from './pdf-values.ts';
import type { PdfWriter } from './pdf-writer.ts';

/** Space reserved for a seal: `bytes` for the CMS message; the other fields are shown by readers. */
export interface SealRoom {
  bytes: number;
  /** Time of sealing (`/M`). It is a fact of the award, so that equal facts give equal bytes. */
  at: Date;
  signer: string;
  reason: string;
}

/** As wide as any offset. ISO 32000-1, 12.8.1 allows spaces in the rest. */
const OFFSET = '**********';

/** The byte range before the seal is inserted. */
export const OPEN_BYTE_RANGE = `/ByteRange [0 /${OFFSET} /${OFFSET} /${OFFSET}]`;

/** Annotation flags Print and Locked; PDF/A requires Print (ISO 19005-3, 6.3.2). */
const PRINT_LOCKED = 132;
/** SigFlags: the document has signatures and may only be appended to (ISO 32000-1, table 219). */
const SIGNED_APPEND_ONLY = 3;

/**
 * Adds an invisible PAdES signature field (`ETSI.CAdES.detached`) on a page; its contents are zeros.
 * @returns the numbers of the field, which is also the page's annotation, and of the form that contains it
 */
export function placeSeal(
  file: PdfWriter,
  page: number,
  { bytes, at, signer, reason }: SealRoom,
): { field: number; form: number } {
  const why = textString(reason);
  const zeros = '0'.repeat(2 * bytes);
  const signature = file.openObject(
    `<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n${OPEN_BYTE_RANGE}\n/Contents <${zeros}>\n/M ${dateString(at)}\n/Name ${textString(signer)}\n/Reason ${why}\n>>`,
  );
  const field = file.object(
    `<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/Rect [0 0 0 0]\n/F ${PRINT_LOCKED}\n/V ${ref(signature)}\n/T (Seal)\n/TU ${why}\n/P ${ref(page)}\n>>`,
  );
  const form = file.object(
    `<<\n/Fields [${ref(field)}]\n/SigFlags ${SIGNED_APPEND_ONLY}\n/DR <<\n/Font <<\n>>\n>>\n>>`,
  );
  return { field, form };
}
