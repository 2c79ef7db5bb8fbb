import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { BYTES, METHOD_NOT_ALLOWED, NOT_MODIFIED, problemAnswer } from '../platform/http/answers.ts';
import { pathParam, type Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import type { PageLook } from '../ports/page-look.ts';
import { TAG } from './lookup-answers.ts';
import { PAGE_STYLE } from './page-style.ts';

/** A file that the public pages load, under an address that changes with its contents. */
export interface PageAsset {
  /** Path below the root of the product. */
  path: string;
  /** The same with the hash of the contents, as pages name it. */
  address: string;
  type: string;
  bytes: Buffer;
  hash: string;
}

function asset(path: string, type: string, text: string): PageAsset {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { path, address: `${path}?v=${hash}`, type, bytes, hash };
}

const KEPT = 'public, max-age=31536000, immutable';
const SCRIPT = 'text/javascript; charset=utf-8';

/** A script as the compiler made it, without the address of its source map. */
function script(name: string, path: string): PageAsset {
  const file = new URL(`./browser/${name}${extname(import.meta.url)}`, import.meta.url);
  return asset(path, SCRIPT, readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, ''));
}

/** The folder of the files that make the pages look like the diplomas. */
export const LOOK_FOLDER = 'look';

/** Known by what it is made of: one installation has one look. */
const styles = new WeakMap<PageLook, PageAsset>();

/** The style sheet with the diplomas' faces. A face that comes too late for the first view is not used in it. */
export function styleOf(look: PageLook): PageAsset {
  const known = styles.get(look);
  if (known !== undefined) return known;
  const faces = look.faces.map(
    ({ name, range }) =>
      `@font-face{font-family:Diploma;font-display:optional;src:url(${LOOK_FOLDER}/${name}) format("woff2");unicode-range:${range}}`,
  );
  const style = asset('page.css', 'text/css; charset=utf-8', `${faces.join('\n')}${PAGE_STYLE}`);
  styles.set(look, style);
  return style;
}

export const PAGE_SCRIPT = script('page-script', 'check-file.js');
/** Loaded only when a reader gives a file that is not an issued one; scripts name each other without a hash. */
const READER_SCRIPT = script('file-facts', 'file-facts.js');
const PDF_SCRIPT = script('pdf-text', 'pdf-text.js');
/** Subresource Integrity: the browser runs exactly this script or none. */
export const PAGE_SCRIPT_INTEGRITY = `sha384-${createHash('sha384').update(PAGE_SCRIPT.bytes).digest('base64')}`;

const NAMES = (look: PageLook): [PageAsset, string, string][] => [
  [styleOf(look), 'getPageStyle', 'The style sheet of the public pages'],
  [PAGE_SCRIPT, 'getCheckScript', 'The script that compares a file on the page with the issued file'],
  [READER_SCRIPT, 'getFileReaderScript', 'The script that reads the facts in a file on the page'],
  [PDF_SCRIPT, 'getPdfReaderScript', 'The part of that script that reads PDF files'],
];

/** Routes of the files; a browser may keep them for ever under the address that pages name. */
export function assetRoutes(headers: RequestHandler, look: PageLook): Route[] {
  const named = NAMES(look).map(
    ([one, name, summary]): Route => ({
      method: 'GET',
      path: `/${one.path}`,
      name,
      tag: 'Lookup',
      summary,
      access: 'anyone',
      query: z.object({ v: z.string().optional().describe('Hash of the contents, as pages name it.') }),
      answers: {
        200: {
          description: 'The file.',
          content: { [one.type.split(';')[0] ?? '']: { schema: z.string() } },
          headers: TAG,
        },
        304: NOT_MODIFIED,
        405: METHOD_NOT_ALLOWED,
      },
      handlers: [headers, sender(one)],
    }),
  );
  return [...named, lookRoute(headers, look)];
}

/** The faces of the diplomas and the logo. */
function lookRoute(headers: RequestHandler, { faces, logo }: PageLook): Route {
  const files = new Map([...faces, ...(logo ? [logo] : [])].map((file) => [file.name, file]));
  const types = ['font/woff2', 'image/png', 'image/svg+xml'];
  return {
    method: 'GET',
    path: `/${LOOK_FOLDER}/:file`,
    name: 'getLookFile',
    tag: 'Lookup',
    summary: 'A face of the diplomas, or the logo of the school, for the public pages',
    access: 'anyone',
    params: z.object({ file: z.string().describe('Name of the file, as pages name it.') }),
    answers: {
      200: {
        description: 'The file; it never changes.',
        content: Object.fromEntries(types.map((type) => [type, { schema: BYTES }])),
      },
      404: problemAnswer(404, 'There is no such file.', 'There is no such file.'),
      405: METHOD_NOT_ALLOWED,
    },
    handlers: [
      headers,
      async (req, res) => {
        const file = files.get(pathParam(req, 'file'));
        if (file === undefined) throw new Problem(404, 'There is no such file.');
        res.set({ 'Cache-Control': KEPT, 'Content-Type': file.type }).send(await file.read());
      },
    ],
  };
}

function sender({ bytes, hash, type }: PageAsset): RequestHandler {
  return (req, res) => {
    res.set({ ETag: `"${hash}"`, 'Content-Type': type });
    if (req.query['v'] === hash) res.set('Cache-Control', KEPT);
    if (req.fresh) res.status(304).end();
    else res.send(bytes);
  };
}
