import type { PdfContainer } from './pdf-container.ts';

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
 * Adds an invisible PAdES signature field (`ETSI.CAdES.detached`) to the current page; its contents are zeros.
 * @throws Error when the document has no form dictionary, which another version of pdfkit could cause
 */
export function placeSeal(pdf: PdfContainer, { bytes, at, signer, reason }: SealRoom): void {
  const signature = pdf.ref({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'ETSI.CAdES.detached',
    ByteRange: [0, OFFSET, OFFSET, OFFSET],
    Contents: Buffer.alloc(bytes),
    M: at,
    Name: new String(signer),
    Reason: new String(reason),
  });
  const widget = pdf.ref({
    Type: 'Annot',
    Subtype: 'Widget',
    FT: 'Sig',
    Rect: [0, 0, 0, 0],
    F: PRINT_LOCKED,
    V: signature,
    T: new String('Seal'),
    TU: new String(reason),
    P: pdf.page.dictionary,
  });
  pdf.page.annotations.push(widget);
  signature.end(null);
  widget.end(null);
  pdf.setForm({ Fields: [widget], SigFlags: SIGNED_APPEND_ONLY, DR: { Font: {} } });
}
