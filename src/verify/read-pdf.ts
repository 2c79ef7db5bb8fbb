import { openPdfium, type Pdfium } from '../diploma/check/pdfium.ts';
import { type PdfiumDocument, type Signature, withPdf } from '../diploma/check/pdfium-document.ts';
import { fold } from '../diploma/check/self-check.ts';
import { Unreadable } from './findings.ts';

/** More pages than a diploma with the longest programme has. */
const MOST_PAGES = 60;
/** Memory limit in bytes; a diploma needs a fifth of it. */
const MOST_MEMORY = 128 * 1024 * 1024;
const FORMS = ['credential.json', 'credential.jwt'] as const;

export interface ReadPdf {
  signatures: Signature[];
  /** The attached credential in both forms; null when it is missing or attached more than once. */
  json: Buffer | null;
  jwt: Buffer | null;
  /** Text of all pages and of their structure elements, normalised by `fold`. */
  text: string;
}

/** The PDFium instance of this thread. */
let opened: Promise<Pdfium> | null = null;

/**
 * Reads the contents of a diploma file with PDFium. Run it in a thread that can be terminated, because a malicious
 * file can keep it busy.
 * @throws Unreadable
 */
export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  if (Buffer.from(bytes.subarray(0, 1024)).indexOf('%PDF-') < 0) throw new Unreadable('not a PDF');
  opened ??= openPdfium(MOST_MEMORY);
  const pdfium = await opened;
  try {
    return withPdf(pdfium, bytes, readDocument);
  } catch (error) {
    // After a failure the instance is in an unknown state.
    opened = null;
    if (error instanceof Unreadable) throw error;
    throw new Unreadable('a PDF that cannot be opened: it is damaged, has a password, or is not a diploma');
  }
}

function readDocument(document: PdfiumDocument): ReadPdf {
  if (document.pageCount > MOST_PAGES)
    throw new Unreadable(`not a diploma: it has ${document.pageCount} pages, and a diploma has at most ${MOST_PAGES}`);
  const attachments = document.attachments();
  const [json, jwt] = FORMS.map((form) => {
    const found = attachments.filter(({ name }) => name === form);
    return found.length === 1 ? (found[0]?.bytes ?? null) : null;
  });
  const texts = Array.from({ length: document.pageCount }, (_, index) =>
    document.page(index, (page) => [
      ...page.text().characters.map(({ text }) => text),
      ...page.elements().map(({ actualText }) => actualText),
    ]),
  );
  return {
    signatures: document.signatures(),
    json: json ?? null,
    jwt: jwt ?? null,
    text: texts.map((parts) => fold(parts.join(''))).join('\n'),
  };
}
