/**
 * Reads the first page of PDF files with pdf.js and MuPDF. Arguments: the reader, then paths.
 * Prints a JSON array of texts in the order of the paths.
 */
import { readFile } from 'node:fs/promises';
import { argv, stdout } from 'node:process';

const [reader, ...paths] = argv.slice(2);

/** As the text layer of a page in Firefox joins items: only line ends are added. */
async function byPdfJs(path, pdfjs) {
  const task = pdfjs.getDocument({ data: new Uint8Array(await readFile(path)), verbosity: 0 });
  const page = await (await task.promise).getPage(1);
  const { items } = await page.getTextContent();
  await task.destroy();
  return items.map(({ str, hasEOL }) => `${str}${hasEOL ? '\n' : ''}`).join('');
}

async function byMuPdf(path, mupdf) {
  const document = mupdf.Document.openDocument(await readFile(path), 'application/pdf');
  const text = document.loadPage(0).toStructuredText('preserve-whitespace').asText();
  document.destroy();
  return text;
}

const texts = [];
if (reader === 'pdfjs') {
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  for (const path of paths) texts.push(await byPdfJs(path, pdfjs));
} else {
  const mupdf = await import('mupdf');
  for (const path of paths) texts.push(await byMuPdf(path, mupdf));
}
stdout.write(JSON.stringify(texts));
