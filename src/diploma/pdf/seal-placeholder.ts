import type { PdfContainer } from './pdf-container.ts';

/** Room for a seal: `bytes` for the CMS; the other fields stand in the file for readers. */
export interface SealRoom {
  bytes: number;
  /** Instant written as the time of sealing (`/M`); a fact of the award, so that equal facts give equal bytes. */
  at: Date;
  signer: string;
  reason: string;
}

/** As wide as any offset that follows; ISO 32000-1, 12.8.1 lets spaces take what is left over. */
const OFFSET = '**********';

/** How the range to be sealed is written until the seal is put in. */
export const OPEN_BYTE_RANGE = `/ByteRange [0 /${OFFSET} /${OFFSET} /${OFFSET}]`;

/** Annotation flags: printed and locked; PDF/A asks for the first (ISO 19005-3, 6.3.2). */
const PRINT_LOCKED = 132;
/** The document has signatures and may only be appended to (ISO 32000-1, table 219). */
const SIGNED_APPEND_ONLY = 3;

/**
 * Adds a signature field without appearance to the current page, PAdES (`ETSI.CAdES.detached`), its contents zeros.
 * @throws Error when the document has no form dictionary left to fill, which another version of pdfkit would cause
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
