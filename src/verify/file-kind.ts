import { fileTextOf } from './file-text.ts';

export const KINDS = ['pdf', 'json', 'jwt', 'png'] as const;
export type Kind = (typeof KINDS)[number];

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Maximum offset of the PDF header; some programs write something before it. */
const PDF_MARK_WITHIN = 1024;

/**
 * Detects the kind of a file by its contents, because names change on the way (`diploma.pdf.txt`,
 * `credential.jsonld`, no extension).
 * @param name decides when the contents do not
 */
export function fileKind(name: string, bytes: Uint8Array): Kind {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.subarray(0, PDF_MARK_WITHIN).includes('%PDF-')) return 'pdf';
  if (file.subarray(0, PNG.length).equals(PNG)) return 'png';
  const called = /\.(pdf|png|jwt|json)(?:ld)?(?:\.txt)?$/i.exec(name)?.[1]?.toLowerCase();
  if (called === 'pdf' || called === 'png') return called;
  try {
    const text = fileTextOf(bytes).trimStart();
    if (/^[{[]/.test(text)) return 'json';
    if (/^"?\s*[\w-]+\s*[.\w-]/.test(text)) return 'jwt';
  } catch {
    // Not JSON: the name decides.
  }
  return called === 'jwt' ? 'jwt' : 'json';
}
